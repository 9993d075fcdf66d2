import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import { migrate } from '../../shared/job/migrate.js';
import { stack } from './stack.js';

/** A new database on the stack's server; whoever creates it must `drop()` it. */
export interface TestDatabase {
  readonly url: string;
  /** The URL for a read-only user who is subject to row-level security. */
  readonly readerUrl: string;
  readonly name: string;
  drop(): Promise<void>;
}

type Server = Pick<StackEnv, 'DATABASE_URL' | 'SOURCE_DATABASE_URL'>;

/**
 * @param template a database on the same server to copy, without open connections
 * @param server default: the one that all tests share
 */
export async function createDatabase(
  template?: TestDatabase,
  { DATABASE_URL, SOURCE_DATABASE_URL }: Server = stack().env,
): Promise<TestDatabase> {
  const asAdmin = (sql: string): Promise<unknown> => queryRows(DATABASE_URL, sql);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  if (template !== undefined) await closePool(template.url);
  await asAdmin(
    `CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template.name} STRATEGY FILE_COPY`}`,
  );
  const [url, readerUrl] = [onServer(DATABASE_URL, name), onServer(SOURCE_DATABASE_URL, name)];
  const drop = async (): Promise<void> => {
    await closePool(url);
    await asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return { url, readerUrl, name, drop };
}

const migrated = new Map<string, Promise<TestDatabase>>();
/** A new database with the service's own tables: a copy, because migrating takes much longer. */
export async function createMigratedDatabase(server: Server = stack().env): Promise<TestDatabase> {
  const made = migrated.get(server.DATABASE_URL) ?? createDatabase(undefined, server).then(migrateIt);
  migrated.set(server.DATABASE_URL, made);
  return createDatabase(await made, server);
}
async function migrateIt(database: TestDatabase): Promise<TestDatabase> {
  await migrate(database.url);
  return database;
}

/** The URL of another database on the same server. */
function onServer(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** The URL with settings for each session, as `-c name=value`. Poolers reject these. */
export function withSettings(databaseUrl: string, settings: string): string {
  const url = new URL(databaseUrl);
  // `searchParams` would write a space as `+`, which psql doesn't decode.
  url.search += `${url.search === '' ? '' : '&'}options=${encodeURIComponent(settings)}`;
  return url.href;
}

/** `PORT=PORT`: the port of the stack's server, and the port of a pooler in front of it. */
export const POOLER_VARIABLE = 'EXPORT_TEST_POOLER';

/**
 * The URL by which a service reaches a database: the same one, unless a pooler is in front of its server. Tests
 * inspect the database directly.
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

/** A new database with a connection to it. */
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
  // Idle connections may lose their database or server.
  pool.on('error', () => undefined);
  pools.set(url, pool);
  return pool;
}
async function closePool(url: string): Promise<void> {
  const pool = pools.get(url);
  pools.delete(url);
  await pool?.end();
}

/** Runs one statement through a pool: tests poll often, and connecting costs more than most queries. */
export async function queryRows<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  return (await poolOf(url).query<T>(sql, [...values])).rows;
}
