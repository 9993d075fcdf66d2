import { keysSql, lastKeySql, nullKeySql, type FrozenQuery, type KeyBound } from '../datasets/query.js';
import type { Bound } from '../segments.js';
import { AS_TEXT, type PoolClient } from './postgres.js';

/** With more, every second is dropped: rows of many megabytes would otherwise each be a bound. */
export const MAX_BOUNDS = 4096;

/**
 * Counts the rows of an export and finds the key of about every `every`-th row, and of the last one.
 *
 * A cursor walks along the keys in one scan, and is moved from bound to bound: row numbers by a window function took
 * four times as long (10 million rows: 4.7 s, by the cursor 1.2 s), because each row then passes the whole executor.
 *
 * @param client in a transaction that sees one snapshot
 * @returns null when a key has a null in it
 */
export async function readBounds(
  client: Pick<PoolClient, 'query'>,
  query: FrozenQuery,
  every: number,
): Promise<Bound[] | null> {
  const rows = async (text: string): Promise<KeyBound[]> =>
    (await client.query<string[]>({ text, rowMode: 'array', types: AS_TEXT })).rows;
  if ((await rows(nullKeySql(query))).length > 0) return null;

  // The whole walk is to be cheap, not its first tenth.
  await client.query("SELECT set_config('cursor_tuple_fraction', '1', true)");
  await client.query(`DECLARE keys NO SCROLL CURSOR FOR ${keysSql(query)}`);
  let bounds: Bound[] = [];
  let step = every;
  let n = 0;
  for (;;) {
    const passed = step === 1 ? 0 : ((await client.query(`MOVE FORWARD ${step - 1} IN keys`)).rowCount ?? 0);
    const [key] = passed < step - 1 ? [] : await rows('FETCH 1 FROM keys');
    if (key === undefined) {
      await client.query('CLOSE keys');
      if (passed === 0) return bounds;
      const [last] = await rows(lastKeySql(query));
      if (last === undefined) throw new Error('the last row is gone: the transaction has more than one snapshot');
      return [...bounds, { n: n + passed, key: last }];
    }
    n += step;
    bounds.push({ n, key });
    if (bounds.length === MAX_BOUNDS) {
      bounds = bounds.filter((_, index) => index % 2 === 1);
      step *= 2;
    }
  }
}
