import pg from 'pg';
import { ServiceError, messageOf, type ErrorCode } from './errors.js';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

/** Work that is retried has time. */
const CONNECT_TIMEOUT_MS = 5000;
/** 53/57/58/08: out of resources, shut down or crashed, system error, connection; 40: serialization, deadlock. */
const TRANSIENT = /^(08|40|53|57|58)/;
/** Read-only server, no rights, wrong password, no such database: an operator has to act, after which a retry helps. */
const OPERATOR = /^(25006|28|3D|42501)/;

export interface PoolOptions {
  /** Connections. */
  readonly max: number;
  readonly name: string;
  /** Told of connections that break while nobody uses them; the pool drops them by itself. */
  readonly onIdleError: (error: Error) => void;
  /** How long a caller waits for a connection, for its turn and for the server together, ms. Default: five seconds. */
  readonly connectTimeoutMs?: number;
  /** A query that takes longer fails, and its connection is dropped; default: never. */
  readonly queryTimeoutMs?: number;
  /** Makes the connections' sockets. */
  readonly stream?: pg.ClientConfig['stream'];
}

/** OID of bigint. Our counts fit a double by far; the driver's own default are strings. */
const INT8 = 20;
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, Number);

/** For queries whose values are to stay as PostgreSQL wrote them. */
export const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string | Buffer) => text };

/** A pool whose owner must `end()` it. */
export function createPool(url: string, options: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: options.name,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    keepAlive: true,
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
    ...(options.stream === undefined ? {} : { stream: options.stream }),
    types,
    // The driver reads no times in another style, which a database may have as its own.
    verify: (client, done) => {
      client.query('SET DateStyle = ISO').then(() => {
        done();
      }, done);
    },
  });
  pool.on('error', options.onIdleError);
  // The pool stops listening while a client is in use. What breaks then rejects the client's query, but an error event
  // that nobody hears would end the process all the same.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

/** True for faults of the database or of the way to it, as opposed to those of the statement. */
export function isDatabaseFault(error: unknown): boolean {
  if (error instanceof ServiceError) return false;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof pg.DatabaseError) return TRANSIENT.test(code) || OPERATOR.test(code);
  // No SQLSTATE: the driver could not connect, or the connection broke.
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError);
}

/** 22: a value that its type does not accept; 23: a constraint. The same statement fails every time. */
const REFUSED = /^(22|23)/;

/** True when PostgreSQL will never accept the values of the statement. */
export const isRefused = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && REFUSED.test(error.code ?? '');

/** Runs database work; its connection faults leave as `code`, with a sentence that names the database. */
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
  /** The process that serves it. */
  readonly pid: number;
  /** When the transaction began, seconds since 1970 with microseconds. */
  readonly began: string;
}

/** The columns of {@link Backend}, of the transaction that selects them. */
export const THIS_BACKEND = 'pg_backend_pid() AS pid, extract(epoch FROM now())::text AS began';

/**
 * Cancels what a closed connection may still run. PostgreSQL notices by itself within a second that its client is
 * gone, but not where a pooler or a proxy keeps the connection open. Never rejects.
 *
 * By then a pooler may have given the process to somebody else, or a balancer may answer from another server, where a
 * stranger has the same process number: only the same transaction is canceled.
 */
export async function cancelStatement(pool: Pool, { pid, began }: Backend): Promise<void> {
  // On a new connection: those of the pool may all be as stuck as this one was.
  const client = new pg.Client(pool.options);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND extract(epoch FROM xact_start) = $2::numeric`,
      [pid, began],
    );
  } catch {
    // PostgreSQL notices by itself, only later.
  } finally {
    await client.end().catch(() => undefined);
  }
}
