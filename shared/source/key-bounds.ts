import { keysSql, lastKeysSql, nullKeySql, type FrozenQuery } from '../datasets/query.js';
import type { Bound, KeyBound } from '../plan/segments.js';
import { EqualKeys } from './equal-keys.js';
import { AS_TEXT, type PoolClient } from '../postgres.js';

/** With more bounds, every second one is dropped: otherwise, rows of many megabytes would each be a bound. */
export const MAX_BOUNDS = 4096;

/** Why an export can't be cut along a key. */
export type KeyFlaw = 'null' | 'repeated';

/**
 * Counts the rows of an export and finds the key of about every `every`-th row, and of the last one.
 *
 * A cursor walks along the keys in one scan, and is moved from bound to bound: row numbers by a window function took
 * four times as long (10 million rows: 4.7 s, by the cursor 1.2 s), because each row then passes the whole executor.
 * At each bound it also reads the rows before and after: if one has an equal key, the segments that meet there would
 * not have the rows that were counted, and in a key of few values most would have none.
 *
 * @param client in a transaction that sees one snapshot
 * @returns a flaw when some row has a null in its key, or a bound its neighbor's key
 */
export async function readBounds(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  every: number,
): Promise<Bound[] | KeyFlaw> {
  const rows = async (text: string): Promise<KeyBound[]> =>
    (await client.query<string[]>({ text, rowMode: 'array', types: AS_TEXT })).rows;
  if ((await rows(nullKeySql(query))).length > 0) return 'null';

  // The whole walk is to be cheap, not its first tenth.
  await client.query("SELECT set_config('cursor_tuple_fraction', '1', true)");
  await client.query(`DECLARE keys NO SCROLL CURSOR FOR ${keysSql(query)}`);
  let bounds: Bound[] = [];
  let step = every;
  let n = 0;
  /** Rows that the cursor has passed, and the keys of the last ones. */
  let passed = 0;
  let seen: KeyBound[] = [];
  const equals = new EqualKeys(client, query);
  for (;;) {
    const next = n + step;
    const skipped = next - 2 - passed;
    if (skipped > 0) {
      passed += (await client.query(`MOVE FORWARD ${skipped} IN keys`)).rowCount ?? 0;
      seen = [];
    }
    const read = await rows(`FETCH ${next + 1 - passed} FROM keys`);
    passed += read.length;
    seen = [...seen, ...read].slice(-3);
    if (await equals.has(seen)) return 'repeated';
    const key = seen.at(next - 1 - passed);
    if (passed < next || key === undefined) break;
    n = next;
    bounds.push({ n, key });
    if (bounds.length === MAX_BOUNDS) {
      bounds = bounds.filter((_, index) => index % 2 === 1);
      step *= 2;
    }
  }
  await client.query('CLOSE keys');
  if (passed === n) return (await equals.hasAny()) ? 'repeated' : bounds;
  const [last, before] = await rows(lastKeysSql(query));
  if (last === undefined) throw new Error('the last row is missing, so the transaction has more than one snapshot');
  if (before !== undefined && (await equals.has([before, last]))) return 'repeated';
  return (await equals.hasAny()) ? 'repeated' : [...bounds, { n: passed, key: last }];
}
