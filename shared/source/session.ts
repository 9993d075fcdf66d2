import { MASK_KEY_SETTING } from '../datasets/masks.js';
import { cancelStatement, THIS_BACKEND, type Backend, type Pool, type PoolClient } from '../postgres.js';
import { sourceFault } from './source-fault.js';

/** The settings that PostgreSQL renders values with, and the user. */
export interface SourceSession {
  readonly timezone: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly statementTimeoutMs: number;
  /** The key of the mask `hash` that an export was planned with. Default: that of new exports. */
  readonly maskKeyId?: string | null;
}

/** Settings in addition to those of an export's session. */
interface SessionDetails {
  /** For masks: see `maskKeyOf`. */
  readonly maskKey?: string | undefined;
  /** A snapshot that another transaction exported, to see the same rows. */
  readonly snapshot?: string | undefined;
}

export interface OpenSession {
  readonly client: PoolClient;
  /** Lets `close` return the connection to its pool. */
  commit(): Promise<void>;
  /** Translates an error during the session: the signal's reason if it was aborted, otherwise a source error. */
  fault(error: unknown): unknown;
  /** Without a commit, closes the connection and cancels its statement, so that nothing keeps running. */
  close(): void;
}

/**
 * Opens a read-only transaction with one snapshot and all settings that affect how PostgreSQL renders values. Closes
 * the connection at once when the signal aborts. The caller must `close` it.
 */
export async function openSession(
  pool: Pool,
  session: SourceSession & SessionDetails,
  signal: AbortSignal,
): Promise<OpenSession> {
  const fault = (error: unknown): unknown => (signal.aborted ? signal.reason : sourceFault(error));
  const client = await pool.connect().catch((error: unknown) => {
    throw sourceFault(error);
  });
  let backend: Backend | undefined;
  let committed = false;
  const cut = (): void => {
    void client.end();
  };
  signal.addEventListener('abort', cut, { once: true });
  const close = (): void => {
    signal.removeEventListener('abort', cut);
    // Without a commit the connection's state is unknown, so close it.
    client.release(!committed);
    if (!committed && backend !== undefined) void cancelStatement(pool, backend);
  };
  try {
    signal.throwIfAborted();
    backend = await begin(client, session);
  } catch (error) {
    close();
    throw fault(error);
  }
  const commit = async (): Promise<void> => {
    await client.query('COMMIT');
    committed = !signal.aborted;
  };
  return { client, commit, fault, close };
}

async function begin(client: PoolClient, session: SourceSession & SessionDetails): Promise<Backend | undefined> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  if (session.snapshot !== undefined) {
    await client.query(`SET TRANSACTION SNAPSHOT ${client.escapeLiteral(session.snapshot)}`);
  }
  const { rows } = await client.query<Backend>(
    `SELECT ${THIS_BACKEND}, set_config('TimeZone', $1, true), set_config('DateStyle', 'ISO, MDY', true),
       set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true),
       set_config('extra_float_digits', '1', true), set_config('statement_timeout', $2, true),
       set_config('client_connection_check_interval', '1000', true), set_config('app.tenant_id', $3, true),
       set_config('app.user_id', $4, true), set_config('${MASK_KEY_SETTING}', $5, true)`,
    [session.timezone, String(session.statementTimeoutMs), session.tenantId, session.userId, session.maskKey ?? ''],
  );
  return rows[0];
}
