import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { stack } from './stack.js';

/** A fresh database on the stack's server; the owner must `drop()` it. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: stack().env.DATABASE_URL });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** @param template a database to copy, which nobody may be connected to */
export async function createDatabase(template?: TestDatabase): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template.name}`}`);
  const url = new URL(stack().env.DATABASE_URL);
  url.pathname = `/${name}`;
  return { url: url.href, name, drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

export interface OpenDatabase {
  readonly url: string;
  readonly client: pg.Client;
  /** Ends the connection and drops the database. */
  close(): Promise<void>;
}

/** A fresh database with a connection to it. */
export async function openDatabase(): Promise<OpenDatabase> {
  const database = await createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const close = async (): Promise<void> => {
    await client.end();
    await database.drop();
  };
  return { url: database.url, client, close };
}

/** Runs one statement on a connection of its own. */
export async function queryRows<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}
