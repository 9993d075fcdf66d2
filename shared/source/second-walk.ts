import { countBetweenSql, keysAfterSql, keysSql, someBetweenSql, type FrozenQuery } from '../datasets/query.js';
import type { Bound, KeyBound } from '../plan/segments.js';
import type { PoolClient } from '../postgres.js';
import { explain, filtersOf, sorts } from './explain.js';
import { readKeys } from './read-keys.js';
import { openKeys } from './walk-from-start.js';

/** A connection to the same database that may be used while no other activity needs it. */
export interface Spare {
  /** Whether there is one now. */
  readonly isThere: () => boolean;
  /** Whether another activity waits for one. */
  readonly isNeeded: () => boolean;
  /** Runs work on it, with the same settings and an exported snapshot. Closes the connection when `signal` aborts. */
  readonly use: (
    snapshot: string,
    work: (client: Pick<PoolClient, 'query'>) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<void>;
}

/** A row that the second walk has passed. */
interface Mark {
  readonly key: KeyBound;
  /** How many rows come after it. */
  readonly after: number;
}

/** A walk from the last row towards the first. */
export interface SecondWalk {
  /** Starting from the last row. */
  readonly marks: readonly Mark[];
  /** Rows from one mark to the next. */
  readonly spacing: number;
  readonly stop: () => void;
}

/** Marks are closer to each other than bounds, because the number of rows is known only after both walks have met. */
const MARKS_PER_BOUND = 8;
/** How long its last query may take once nobody needs it: usually milliseconds, but it may wait for a lock. */
const LAST_QUERY_MS = 1000;
/** With more bounds, finding their keys from the marks would take as long as the walk saves. */
const LEAST_ROWS_PER_BOUND = 10_000;

/**
 * Begins to walk from the last row, on another connection. If that walk can't go on, the first one continues alone.
 * @param client in a transaction with one snapshot
 * @param passed the key of a row that the first walk has passed
 * @returns null if it would not help, or there is no connection for it; 'refused' if PostgreSQL can't export the
 * snapshot, which aborts the transaction
 */
export async function beginSecondWalk(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  { every, passed, spare }: { readonly every: number; readonly passed: KeyBound; readonly spare: Spare },
): Promise<SecondWalk | 'refused' | null> {
  if (every < LEAST_ROWS_PER_BOUND || !spare.isThere()) return null;
  const fromEnd = keysSql(query, 'last');
  if (!(await isServed(client, query, { fromEnd, passed }))) return null;
  const [[snapshot] = []] = await readKeys(client, 'SELECT pg_export_snapshot()').catch(() => []);
  if (snapshot === undefined) return 'refused';
  const marks: Mark[] = [];
  const spacing = Math.floor(every / MARKS_PER_BOUND);
  const cut = new AbortController();
  let stopped = false;
  const mayGoOn = (): boolean => !stopped && !spare.isNeeded();
  const work = (second: Pick<PoolClient, 'query'>): Promise<void> => mark(second, fromEnd, spacing, marks, mayGoOn);
  spare.use(snapshot, work, cut.signal).catch(() => undefined);
  return {
    ...{ marks, spacing },
    stop: () => {
      stopped = true;
      setTimeout(() => {
        cut.abort();
      }, LAST_QUERY_MS).unref();
    },
  };
}

/**
 * Whether an index gives the order, and finds a row by its key. Otherwise the second walk would read and sort all rows
 * once more, or each query for a key would read the rows before it: behind row-level security whose comparisons aren't
 * leakproof, and with an index that lacks the key.
 */
async function isServed(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  { fromEnd, passed }: { readonly fromEnd: string; readonly passed: KeyBound },
): Promise<boolean> {
  const walk = await explain(client, fromEnd);
  if (sorts(walk)) return false;
  const filters = filtersOf(walk);
  return filtersOf(await explain(client, keysAfterSql(query, passed, 0))).every((filter) => filters.includes(filter));
}

async function mark(
  client: Pick<PoolClient, 'query'>,
  fromEnd: string,
  spacing: number,
  marks: Mark[],
  mayGoOn: () => boolean,
): Promise<void> {
  if (!mayGoOn()) return;
  await openKeys(client, fromEnd);
  let after = -1;
  while (mayGoOn()) {
    // The first of these rows is the last one of the export.
    const [key] = await readKeys(client, `FETCH RELATIVE ${after < 0 ? spacing + 1 : spacing} FROM keys`);
    if (key === undefined) return;
    after = Math.max(after, 0) + spacing;
    marks.push({ key, after });
  }
}

/** Where both walks have met. */
export interface Meeting {
  /** Rows of the whole export. */
  readonly rows: number;
  /** Rows whose keys are known, from the first walk's last bound on, in order. */
  readonly known: readonly Bound[];
}

/**
 * @param bound the last one of the first walk
 * @returns null if the walks haven't met yet
 */
export async function meet(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  bound: Bound,
  { marks, spacing }: SecondWalk,
): Promise<Meeting | null> {
  const between = async ({ key }: Mark): Promise<number> => {
    const [[count = '0'] = []] = await readKeys(client, countBetweenSql(query, bound.key, key, spacing));
    return Number(count);
  };
  const reached = marks.length;
  const lowest = marks[reached - 1];
  if (lowest === undefined || (await isAfter(client, query, bound, lowest))) return null;
  // The lowest mark that the first walk hasn't passed.
  for (let index = reached - 2; index >= 0; index -= 1) {
    const next = marks[index];
    const count = next === undefined ? 0 : await between(next);
    if (next === undefined || count === 0) continue;
    const rows = bound.n + count + next.after;
    const known = marks.slice(0, index + 1).map(({ key, after }): Bound => ({ n: rows - after, key }));
    return { rows, known: [bound, ...known.reverse()] };
  }
  return null;
}

async function isAfter(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  { key }: Bound,
  mark: Mark,
): Promise<boolean> {
  return (await client.query(someBetweenSql(query, key, mark.key))).rowCount !== 0;
}

/**
 * The keys of the bounds that the first walk didn't come to, each with those of the rows before and after it.
 * @param next the row of the next bound
 */
export async function* remainingKeys(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  { rows, known }: Meeting,
  next: () => number,
): AsyncGenerator<readonly KeyBound[]> {
  let from = 0;
  for (let n = next(); n <= rows; n = next()) {
    // The row before the bound must come after this one.
    while ((known[from + 1]?.n ?? Infinity) <= n - 2) from += 1;
    const start = known[from];
    if (start === undefined) return;
    yield await readKeys(client, keysAfterSql(query, start.key, n - 2 - start.n));
  }
}
