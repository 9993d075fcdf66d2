import pg from 'pg';
import { ServiceError, messageOf, type ErrorCode } from './errors.js';

declare module 'pg' {
  interface QueryConfig {
    /** Overrides the connection's `query_timeout`, ms. */
    query_timeout?: number | undefined;
  }
}

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

/** For work that is retried and can wait. */
const CONNECT_TIMEOUT_MS = 5000;
/** 53/57/58/08: out of resources, shut down or crashed, system error, connection; 40: serialization, deadlock. */
const TRANSIENT = /^(08|40|53|57|58)/;
/** Read-only server, no rights, wrong password, no such database: retries help once an operator has fixed it. */
const OPERATOR = /^(25006|28|3D|42501)/;

export interface PoolOptions {
  /** Connections. */
  readonly max: number;
  readonly name: string;
  /** Called when an idle connection breaks; the pool drops it by itself. */
  readonly onIdleError: (error: Error) => void;
  /** How long a caller waits for its turn and a connection together, ms. Default: five seconds. */
  readonly connectTimeoutMs?: number;
  /** A query that takes longer fails, and its connection is dropped; default: never. */
  readonly queryTimeoutMs?: number;
  /** Makes the connections' sockets. */
  readonly stream?: pg.ClientConfig['stream'];
}

/** OID of bigint. The driver returns strings by default, but our counts easily fit into a double. */
const INT8 = 20;
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, Number);

/** For queries whose values must stay as PostgreSQL wrote them. */
export const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string | Buffer) => text };

/** A pool whose owner must `end()` it. */
export function createPool(url: string, options: PoolOptions): Pool {
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: options.name,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
    ...(options.stream === undefined ? {} : { stream: options.stream }),
    types,
    // The driver can't parse times in another style, which may be the database's default.
    verify: (client, done) => {
      // The pool's connection timeout no longer covers this query.
      client.query({ text: 'SET DateStyle = ISO', query_timeout: connectTimeoutMs }).then(() => {
        done();
      }, done);
    },
  });
  pool.on('error', options.onIdleError);
  // The pool doesn't listen while a client is in use. A broken connection then rejects the client's query, but an error
  // event without a listener would still end the process.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

/** Whether the database or the connection to it is at fault, rather than the statement. */
export function isDatabaseFault(error: unknown): boolean {
  if (error instanceof ServiceError) return false;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof pg.DatabaseError) return TRANSIENT.test(code) || OPERATOR.test(code);
  // No SQLSTATE: the driver could not connect, or the connection broke.
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError);
}

/** 22: a value that its type does not accept; 23: a violated constraint. The same statement fails every time. */
const REFUSED = /^(22|23)/;

/** Whether PostgreSQL will never accept the values of the statement. */
export const isRefused = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && REFUSED.test(error.code ?? '');

/** Runs database work. Turns faults of the database into ServiceErrors with this code that name the database. */
export async function namingFaults<T>(code: ErrorCode, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDatabaseFault(error)) throw error;
    throw new ServiceError(code, `${what} is not responding as expected: ${messageOf(error)}.`, {}, { cause: error });
  }
}

/** One transaction on one connection. The connection is dropped if it cannot even roll back. */
export async function transaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  begin = 'BEGIN',
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | boolean = false;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: unknown) => {
      broken = rollbackError instanceof Error ? rollbackError : true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A transaction, as pg_stat_activity shows it. */
export interface Backend {
  /** The server process that runs it. */
  readonly pid: number;
  /** When the transaction began, seconds since 1970 with microseconds. */
  readonly began: string;
}

/** The columns of {@link Backend} for the transaction that selects them. */
export const THIS_BACKEND = 'pg_backend_pid() AS pid, extract(epoch FROM now())::text AS began';

/**
 * Cancels what a closed connection may still be running. PostgreSQL notices by itself within a second that its client
 * is gone, unless a pooler or a proxy keeps the connection open. Never rejects.
 *
 * By then, a pooler may have given the process to another client, or a load balancer may connect to another server with
 * an unrelated process of the same id: only the same transaction is canceled.
 */
export async function cancelStatement(pool: Pool, { pid, began }: Backend): Promise<void> {
  // On a new connection: the pool's may all be as stuck as this one was.
  const client = new pg.Client(pool.options);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query({
      text: `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND extract(epoch FROM xact_start) = $2::numeric`,
      values: [pid, began],
      query_timeout: pool.options.connectionTimeoutMillis,
    });
  } catch {
    // PostgreSQL will notice by itself, only later.
  } finally {
    await client.end().catch(() => undefined);
  }
}
