import { ServiceError } from '../errors.js';
import type { Texts } from '../datasets/compute.js';
import type { Dataset } from '../datasets/define-dataset.js';
import { misfits } from '../datasets/misfits.js';
import type { FrozenQuery } from '../datasets/query.js';
import type { Bound } from '../plan/segments.js';
import { countRows, type RowCount } from './count-rows.js';
import { copyOut } from './copy-out.js';
import type { CopyChunk } from './copy-reader.js';
import { readBounds } from './key-bounds.js';
import { cancelStatement, type Pool, type PoolClient } from '../postgres.js';
import { readCatalogue } from './read-catalogue.js';
import { readPolicyBypasses, type PolicyBypass } from './read-policy-bypasses.js';
import { sourceFault } from './source-fault.js';
import { createRowBudget, readRows, type RowQuery } from './row-batches.js';

export interface SourceSession {
  readonly timezone: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly statementTimeoutMs: number;
}

/** PostgreSQL reads a folder of 600 files for it, which takes 50 ms. */
const TIME_ZONES_MS = 1500;

/**
 * The database that is exported from; read only. Faults leave as `sourceFault` names them.
 */
export class Source {
  readonly #rowBudget = createRowBudget();

  /** @param longestMs what a statement may take, however much its session allows */
  constructor(
    private readonly pool: Pool,
    private readonly longestMs = Number.POSITIVE_INFINITY,
  ) {}

  /**
   * One read-only transaction of one snapshot, with everything set that shapes what PostgreSQL renders. When the signal
   * aborts or the database does not answer, the connection is cut and the statement canceled, so nothing keeps running.
   */
  private async session<T>(
    session: SourceSession,
    signal: AbortSignal,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    const statementTimeoutMs = Math.min(session.statementTimeoutMs, this.longestMs);
    const client = await this.named(() => this.pool.connect());
    let backend: number | undefined;
    let broken = false;
    const cut = (): void => {
      broken = true;
      void client.end();
    };
    signal.addEventListener('abort', cut, { once: true });
    try {
      signal.throwIfAborted();
      return await this.named(async () => {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        const { rows } = await client.query<{ backend: number }>(
          `SELECT pg_backend_pid() AS backend, set_config('TimeZone', $1, true), set_config('DateStyle', 'ISO, MDY', true),
             set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true),
             set_config('extra_float_digits', '1', true), set_config('statement_timeout', $2, true),
             set_config('client_connection_check_interval', '1000', true), set_config('app.tenant_id', $3, true),
             set_config('app.user_id', $4, true)`,
          [session.timezone, String(statementTimeoutMs), session.tenantId, session.userId],
        );
        backend = rows[0]?.backend;
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      });
    } catch (error) {
      // Whatever state the copy was left in, the connection goes.
      broken = true;
      if (signal.aborted) throw signal.reason;
      throw error;
    } finally {
      signal.removeEventListener('abort', cut);
      client.release(broken);
      if (broken && backend !== undefined) void cancelStatement(this.pool, backend);
    }
  }

  /** The names of the timezones that it knows. They can be cached: they change only when its system is updated. */
  async timeZones(signal: AbortSignal): Promise<string[]> {
    const session = { timezone: 'UTC', tenantId: '', userId: '', statementTimeoutMs: TIME_ZONES_MS };
    return this.session(session, signal, async (client) => {
      const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_timezone_names');
      return rows.map(({ name }) => name);
    });
  }

  private async named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw sourceFault(error);
    }
  }

  /** What `use` throws leaves as it is; it is not the database's fault. */
  private async feed<Item>(
    session: SourceSession,
    signal: AbortSignal,
    open: (client: PoolClient) => AsyncIterable<Item>,
    use: (item: Item) => Promise<void> | void,
  ): Promise<void> {
    let stopped: { readonly by: unknown } | undefined;
    try {
      await this.session(session, signal, async (client) => {
        for await (const item of open(client)) {
          try {
            const pending = use(item);
            if (pending !== undefined) await pending;
          } catch (error) {
            stopped = { by: error };
            throw error;
          }
        }
      });
    } catch (error) {
      if (stopped !== undefined && !signal.aborted) throw stopped.by;
      throw error;
    }
  }

  /**
   * Gives each chunk of a COPY to `use`, which must be done with it when it returns.
   * @param rowLead one ASCII character to put before each row
   */
  copy(
    sql: string,
    session: SourceSession,
    signal: AbortSignal,
    use: (chunk: CopyChunk) => Promise<void> | void,
    { rowLead }: { readonly rowLead?: string | undefined } = {},
  ): Promise<void> {
    return this.feed(session, signal, (client) => copyOut(client, sql, { signal, rowLead }), use);
  }

  /** Gives each batch of the rows of a SELECT to `use`, as texts. */
  rows(
    query: RowQuery,
    session: SourceSession,
    signal: AbortSignal,
    use: (rows: readonly Texts[]) => Promise<void> | void,
  ): Promise<void> {
    return this.feed(session, signal, (client) => readRows(client, query, this.#rowBudget, signal), use);
  }

  /**
   * The keys of about every `every`-th row and of the last one, with their row numbers from 1.
   * @throws ServiceError KEY_NOT_UNIQUE when rows are found with a null in their key, or with the same key
   */
  async bounds(
    { name, key }: Dataset,
    query: FrozenQuery,
    every: number,
    session: SourceSession,
    signal: AbortSignal,
  ): Promise<Bound[]> {
    const bounds = await this.session(session, signal, (client) => readBounds(client, query, every));
    if (typeof bounds !== 'string') return bounds;
    const flaw = bounds === 'null' ? 'a row has a null in its key' : 'two rows have the same key';
    throw new ServiceError('KEY_NOT_UNIQUE', `Dataset ${name}: ${flaw} (${key.join(', ')}).`);
  }

  /** The rows of an export: counted, or estimated when counting takes longer than `limitMs`. */
  async count(query: FrozenQuery, limitMs: number, session: SourceSession, signal: AbortSignal): Promise<RowCount> {
    return this.session(session, signal, (client) => countRows(client, query, limitMs));
  }

  /** What only the catalogue can tell: where a definition does not fit its table or view. */
  async misfits(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<ServiceError[]> {
    return misfits(dataset, await this.session(session, signal, (client) => readCatalogue(client, dataset)));
  }

  /** Where row-level security of the tables behind a dataset doesn't hold for its exports. */
  async policyBypasses(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<PolicyBypass[]> {
    return this.session(session, signal, (client) => readPolicyBypasses(client, dataset));
  }

  /** @throws ServiceError DATASET_UNAVAILABLE or KEY_NOT_UNIQUE, the first of the misfits */
  async check(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<void> {
    const [first] = await this.misfits(dataset, session, signal);
    if (first !== undefined) throw first;
  }

  /** Whether a condition holds for the session's user; null does not. */
  async permits(condition: string, session: SourceSession, signal: AbortSignal): Promise<boolean> {
    const { rows } = await this.session(session, signal, (client) =>
      client.query<{ permitted: boolean }>(`SELECT (${condition}) IS TRUE AS permitted`),
    );
    return rows[0]?.permitted === true;
  }

  /** Lets PostgreSQL plan a query, which also looks at rights, and does not run it. */
  async rehearse(sql: string, session: SourceSession, signal: AbortSignal): Promise<void> {
    await this.session(session, signal, (client) => client.query(`EXPLAIN ${sql}`));
  }
}
