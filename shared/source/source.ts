import { ServiceError } from '../errors.js';
import type { Texts } from '../datasets/compute.js';
import type { Dataset } from '../datasets/define-dataset.js';
import type { Catalog } from '../datasets/catalog.js';
import { misfits } from '../datasets/misfits.js';
import type { FrozenQuery } from '../datasets/query.js';
import type { Bound } from '../plan/segments.js';
import { countRows, type RowCount } from './count-rows.js';
import { copyOut } from './copy-out.js';
import type { RowFraming } from './copy-frames.js';
import type { CopyChunk } from './copy-reader.js';
import { readBounds, type KeyFlaw } from './key-bounds.js';
import { maskKeyId, maskKeyOf } from './mask-key.js';
import type { Pool, PoolClient } from '../postgres.js';
import { openSession, type OpenSession, type SourceSession } from './session.js';
import type { Spare } from './second-walk.js';
import { findSlowSorts, type SlowSort } from './find-slow-sorts.js';
import { readCatalog, readCatalogs } from './read-catalog.js';
import { readPolicyBypasses, type PolicyBypass } from './read-policy-bypasses.js';
import { createRowBudget, readRows, type RowQuery } from './row-batches.js';

/**
 * A session for what is the same for every caller, and what the API's requests wait for. PostgreSQL reads a folder of
 * 600 files for its timezones, which takes 50 ms.
 */
const FACTS: SourceSession = { timezone: 'UTC', tenantId: '', userId: '', statementTimeoutMs: 1500 };

/** The database to export from, read-only. Throws the errors that `sourceFault` returns. */
export class Source {
  readonly #rowBudget = createRowBudget();

  /**
   * @param maskKeys the service's keys for the mask `hash`, the one for new exports first; none if no dataset uses it
   * @param longestMs upper limit for every statement, whatever its session allows
   */
  constructor(
    private readonly pool: Pool,
    private readonly maskKeys: readonly string[] = [],
    private readonly longestMs = Number.POSITIVE_INFINITY,
  ) {}

  /** Identifies the key of new exports for the mask `hash`; null if there is none. */
  get maskKeyId(): string | null {
    const [first] = this.maskKeys;
    return first === undefined ? null : maskKeyId(first);
  }

  /**
   * @param id identifies the key that a plan was made with; null if the plan needs none
   * @throws ServiceError WORKER_OUTDATED if this worker doesn't have it
   */
  requireMaskKey(id: string | null): void {
    if (id === null || this.maskKeys.some((key) => maskKeyId(key) === id)) return;
    throw new ServiceError('WORKER_OUTDATED', "The plan was made with a MASK_KEY that this worker doesn't have.");
  }

  /** @throws ServiceError WORKER_OUTDATED */
  private maskKeyFor({ tenantId, maskKeyId: id }: SourceSession): string | undefined {
    this.requireMaskKey(id ?? null);
    const key = this.maskKeys.find((each) => id === undefined || id === null || maskKeyId(each) === id);
    return key === undefined ? undefined : maskKeyOf(key, tenantId);
  }

  /** @see openSession */
  private async session<T>(
    session: SourceSession,
    signal: AbortSignal,
    work: (client: PoolClient) => Promise<T>,
    snapshot?: string,
  ): Promise<T> {
    const opened = await this.open(session, signal, snapshot);
    try {
      const result = await work(opened.client);
      await opened.commit();
      return result;
    } catch (error) {
      throw opened.fault(error);
    } finally {
      opened.close();
    }
  }

  /** Yields the items of one session. If the consumer stops early, the session and its statement end. */
  private async *stream<Item>(
    session: SourceSession,
    signal: AbortSignal,
    open: (client: PoolClient) => AsyncIterable<Item>,
  ): AsyncGenerator<Item> {
    const opened = await this.open(session, signal);
    try {
      yield* open(opened.client);
      await opened.commit();
    } catch (error) {
      throw opened.fault(error);
    } finally {
      opened.close();
    }
  }

  private async open(session: SourceSession, signal: AbortSignal, snapshot?: string): Promise<OpenSession> {
    const statementTimeoutMs = Math.min(session.statementTimeoutMs, this.longestMs);
    const maskKey = this.maskKeyFor(session);
    return openSession(this.pool, { ...session, statementTimeoutMs, maskKey, snapshot }, signal);
  }

  private spare(session: SourceSession, signal: AbortSignal): Spare {
    const { pool } = this;
    const isNeeded = (): boolean => pool.waitingCount > 0;
    return {
      isThere: () => !isNeeded() && (pool.idleCount > 0 || pool.totalCount < pool.options.max),
      isNeeded,
      use: (snapshot, work, stop) => this.session(session, AbortSignal.any([signal, stop]), work, snapshot),
    };
  }

  /** The timezone names that PostgreSQL knows. Cacheable: they only change when its system is updated. */
  async timeZones(signal: AbortSignal): Promise<string[]> {
    return this.session(FACTS, signal, async (client) => {
      const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_timezone_names');
      return rows.map(({ name }) => name);
    });
  }

  /**
   * The chunks of a COPY, each valid until the next one is requested.
   * @param framing how its rows are framed
   */
  copy(sql: string, session: SourceSession, signal: AbortSignal, framing: RowFraming = {}): AsyncIterable<CopyChunk> {
    return this.stream(session, signal, (client) => copyOut(client, sql, { signal, ...framing }));
  }

  /** The rows of a SELECT in batches, as text. */
  rows(query: RowQuery, session: SourceSession, signal: AbortSignal): AsyncIterable<readonly Texts[]> {
    return this.stream(session, signal, (client) => readRows(client, query, this.#rowBudget, signal));
  }

  /**
   * The keys of about every `every`-th row and of the last one, with their row numbers from 1.
   * @throws ServiceError KEY_NOT_UNIQUE if rows have a null in their key, or equal keys
   */
  async bounds(
    { name, key }: Dataset,
    query: FrozenQuery,
    every: number,
    session: SourceSession,
    signal: AbortSignal,
  ): Promise<Bound[]> {
    const read = (spare?: Spare): Promise<Bound[] | KeyFlaw | 'refused'> =>
      this.session(session, signal, (client) => readBounds(client, query, every, spare));
    const first = await read(this.spare(session, signal));
    const bounds = first === 'refused' ? await read() : first;
    if (typeof bounds !== 'string') return bounds;
    const isSorted = query.key.length > key.length;
    const where = isSorted ? 'the column that it is sorted by, or in its key' : 'its key';
    const flaw = bounds === 'null' ? `a row has a null in ${where}` : 'two rows have the same key';
    throw new ServiceError('KEY_NOT_UNIQUE', `Dataset ${name}: ${flaw} (${key.join(', ')}).`);
  }

  /** The row count of an export; estimated if counting takes longer than `limitMs`. */
  async count(query: FrozenQuery, limitMs: number, session: SourceSession, signal: AbortSignal): Promise<RowCount> {
    return this.session(session, signal, (client) => countRows(client, query, limitMs));
  }

  private catalog(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<Catalog | null> {
    return this.session(session, signal, (client) => readCatalog(client, dataset));
  }

  /**
   * The columns that the tables or views of datasets have, by the names of the datasets; without those that don't
   * exist. Two queries, however many datasets there are.
   */
  async catalogs(datasets: readonly Dataset[], signal: AbortSignal): Promise<Map<string, Catalog['columns']>> {
    return this.session(FACTS, signal, (client) => readCatalogs(client, datasets));
  }

  /** The columns of a dataset's table or view; empty if it doesn't exist. */
  async columns(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<Catalog['columns']> {
    return (await this.catalog(dataset, session, signal))?.columns ?? new Map();
  }

  /** Mismatches between a definition and its table or view that only the catalog reveals. */
  async misfits(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<ServiceError[]> {
    return misfits(dataset, await this.catalog(dataset, session, signal));
  }

  /** Tables behind a dataset whose row-level security does not apply to its exports. */
  async policyBypasses(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<PolicyBypass[]> {
    return this.session(session, signal, (client) => readPolicyBypasses(client, dataset));
  }

  /** Sorts of a dataset that no index serves, or that PostgreSQL can't use an index for. */
  async slowSorts(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<SlowSort[]> {
    return this.session(session, signal, (client) => findSlowSorts(client, dataset));
  }

  /**
   * Compares a definition with its table or view.
   * @returns the columns of the table or view
   * @throws ServiceError DATASET_UNAVAILABLE or KEY_NOT_UNIQUE, for the first mismatch
   */
  async check(dataset: Dataset, session: SourceSession, signal: AbortSignal): Promise<Catalog['columns']> {
    const catalog = await this.catalog(dataset, session, signal);
    const [first] = misfits(dataset, catalog);
    if (first !== undefined) throw first;
    return catalog?.columns ?? new Map();
  }

  /** Whether a condition is true for the session's user; null counts as false. */
  async permits(condition: string, session: SourceSession, signal: AbortSignal): Promise<boolean> {
    return (await this.granted([condition], session, signal)).has(condition);
  }

  /** Those of the conditions that are true for the session's user. */
  async granted(conditions: readonly string[], session: SourceSession, signal: AbortSignal): Promise<Set<string>> {
    // The line break ends a comment at the end of a condition.
    const items = conditions.map((condition) => `(${condition}\n) IS TRUE`).join(', ');
    const { rows } = await this.session(session, signal, (client) =>
      client.query<{ held: boolean[] }>(`SELECT ARRAY[${items}] AS held`),
    );
    const held = rows[0]?.held ?? [];
    if (held.length !== conditions.length) {
      // Unbalanced parentheses could move the answer to another condition.
      throw new ServiceError(
        'DATASET_UNAVAILABLE',
        'The source database rejected the query: a permission must be a single condition.',
      );
    }
    return new Set(conditions.filter((_, index) => held[index] === true));
  }

  /** Makes PostgreSQL plan a query, which also checks permissions, without running it. */
  async rehearse(sql: string, session: SourceSession, signal: AbortSignal): Promise<void> {
    await this.session(session, signal, (client) => client.query(`EXPLAIN ${sql}`));
  }
}
