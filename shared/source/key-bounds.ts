import { lastKeysSql, nullKeySql, type FrozenQuery } from '../datasets/query.js';
import type { Bound, KeyBound } from '../plan/segments.js';
import type { PoolClient } from '../postgres.js';
import { EqualKeys } from './equal-keys.js';
import { readKeys } from './read-keys.js';
import { beginSecondWalk, meet, remainingKeys, type Meeting, type SecondWalk, type Spare } from './second-walk.js';
import { WalkFromStart } from './walk-from-start.js';

/** With more bounds, every second one is dropped: otherwise, rows of many megabytes would each be a bound. */
export const MAX_BOUNDS = 4096;

/** Rows after which a second walk is worth its connection: it takes longer to open one than to walk past fewer. */
const ROWS_ALONE = 200_000;

/** Why an export can't be cut along a key. */
export type KeyFlaw = 'null' | 'repeated';

/** The bounds so far, at multiples of a step. */
class Bounds {
  list: Bound[] = [];

  constructor(private step: number) {}

  /** The row that should be the next bound. */
  get next(): number {
    return this.reached + this.step;
  }

  get reached(): number {
    return this.list.at(-1)?.n ?? 0;
  }

  /** @param key of the row `next` */
  add(key: KeyBound): Bound {
    const bound = { n: this.next, key };
    this.list.push(bound);
    if (this.list.length === MAX_BOUNDS) {
      this.list = this.list.filter((_, index) => index % 2 === 1);
      this.step *= 2;
    }
    return bound;
  }
}

/**
 * Counts the rows of an export and finds the key of about every `every`-th row, and of the last one.
 *
 * One scan walks along the keys from the first row. In a large export, a second one walks towards it from the last row,
 * until they meet. The bounds are those that one walk alone would find.
 *
 * It also reads the rows before and after each bound: if a neighbor has an equal key, the segments that meet there
 * would not contain the rows that were counted, and with few distinct keys most segments would be empty.
 * @param client in a transaction with one snapshot
 * @param spare for the second walk
 * @param rowsAlone rows after which there may be one
 * @returns a flaw if a row has a null in its key, or a bound has the same key as its neighbor; 'refused' if the second
 * walk made the transaction useless, so that the bounds must be read without it
 */
export async function readBounds(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  every: number,
  spare?: Spare,
  rowsAlone = ROWS_ALONE,
): Promise<Bound[] | KeyFlaw | 'refused'> {
  if ((await readKeys(client, nullKeySql(query))).length > 0) return 'null';
  const bounds = new Bounds(every);
  const equals = new EqualKeys(client, query);
  const found = await walk(client, query, { every, bounds, equals, spare, rowsAlone });
  if (typeof found === 'string') return found;
  const { rows } = found;
  if (rows === bounds.reached) return (await equals.hasAny()) ? 'repeated' : bounds.list;
  const [last, before] = await readKeys(client, lastKeysSql(query));
  if (last === undefined) throw new Error('the last row is missing, so the transaction has more than one snapshot');
  if (before !== undefined && (await equals.has([before, last]))) return 'repeated';
  return (await equals.hasAny()) ? 'repeated' : [...bounds.list, { n: rows, key: last }];
}

interface Walk {
  readonly every: number;
  /** Is filled. */
  readonly bounds: Bounds;
  readonly equals: EqualKeys;
  readonly spare: Spare | undefined;
  readonly rowsAlone: number;
}

/** Walks to the end, or to where the second walk has been. */
async function walk(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  { every, bounds, equals, spare, rowsAlone }: Walk,
): Promise<{ readonly rows: number } | 'repeated' | 'refused'> {
  const first = await WalkFromStart.begin(client, query);
  let second: SecondWalk | null = null;
  let mayHaveSecond = spare !== undefined;
  let meeting: Meeting | null = null;
  try {
    while (meeting === null) {
      const around = await first.to(bounds.next);
      if (await equals.has(around)) return 'repeated';
      const key = first.keyOf(bounds.next);
      if (key === undefined) break;
      const bound = bounds.add(key);
      if (spare !== undefined && mayHaveSecond && bound.n >= rowsAlone) {
        mayHaveSecond = false;
        const begun = await beginSecondWalk(client, query, { every, passed: bound.key, spare });
        if (begun === 'refused') return begun;
        second = begun;
      }
      meeting = second === null ? null : await meet(client, query, bound, second);
    }
  } finally {
    second?.stop();
  }
  await first.end();
  if (meeting === null) return { rows: first.passed };
  for await (const around of remainingKeys(client, query, meeting, () => bounds.next)) {
    if (await equals.has(around)) return 'repeated';
    const key = around[1];
    if (key === undefined) break;
    bounds.add(key);
  }
  return { rows: meeting.rows };
}
