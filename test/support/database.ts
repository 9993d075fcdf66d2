import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import { stack } from './stack.js';

/** A fresh database on the stack's server; the owner must `drop()` it. */
export interface TestDatabase {
  readonly url: string;
  /** As somebody who can only read, and is held to policies. */
  readonly readerUrl: string;
  readonly name: string;
  drop(): Promise<void>;
}

type Server = Pick<StackEnv, 'DATABASE_URL' | 'SOURCE_DATABASE_URL'>;

/**
 * @param template a database of the same server to copy, which nobody may be connected to
 * @param server default: the one that all tests share
 */
export async function createDatabase(
  template?: TestDatabase,
  { DATABASE_URL, SOURCE_DATABASE_URL }: Server = stack().env,
): Promise<TestDatabase> {
  const asAdmin = (sql: string): Promise<unknown> => queryRows(DATABASE_URL, sql);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  if (template !== undefined) await closePool(template.url);
  await asAdmin(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template.name}`}`);
  const [url, readerUrl] = [onServer(DATABASE_URL, name), onServer(SOURCE_DATABASE_URL, name)];
  const drop = async (): Promise<void> => {
    await closePool(url);
    await asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return { url, readerUrl, name, drop };
}

/** The address of another database of a server, reached in the same way. */
function onServer(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** The address with settings for each session, as `-c name=value`. Not for a pooler, which refuses them. */
export function withSettings(databaseUrl: string, settings: string): string {
  const url = new URL(databaseUrl);
  // Not by `searchParams`: psql does not read a `+` as a space.
  url.search += `${url.search === '' ? '' : '&'}options=${encodeURIComponent(settings)}`;
  return url.href;
}

/** `PORT=PORT`: of a server of the stack, and of a pooler in front of it. */
export const POOLER_VARIABLE = 'EXPORT_TEST_POOLER';

/**
 * The address by which a service is to reach a database: the same, unless a pooler is in front of its server. Tests
 * look into the database without it, by sessions of their own.
 */
export function addressForServices(databaseUrl: string): string {
  const [server, pooler] = process.env[POOLER_VARIABLE]?.split('=') ?? [];
  const url = new URL(databaseUrl);
  if (pooler !== undefined && url.port === server) url.port = pooler;
  return url.href;
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

const pools = new Map<string, pg.Pool>();
function poolOf(url: string): pg.Pool {
  const known = pools.get(url);
  if (known !== undefined) return known;
  const pool = new pg.Pool({ connectionString: url, idleTimeoutMillis: 1000, allowExitOnIdle: true });
  // Databases are dropped, and servers stopped, under connections that nobody uses.
  pool.on('error', () => undefined);
  pools.set(url, pool);
  return pool;
}
async function closePool(url: string): Promise<void> {
  const pool = pools.get(url);
  pools.delete(url);
  await pool?.end();
}

/** Runs one statement. A test that waits asks many times, and a new connection costs more than most answers. */
export async function queryRows<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  return (await poolOf(url).query<T>(sql, [...values])).rows;
}
