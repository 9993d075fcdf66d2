import QueryStream from 'pg-query-stream';
import type { Texts } from '../datasets/compute.js';
import { ByteBudget } from './byte-budget.js';
import { AS_TEXT, type PoolClient } from '../postgres.js';

/**
 * The server makes a batch while another is used. Ten times as many took half as much time again, and 200 MB more:
 * what they hold outlives the young generation of the heap.
 */
const BATCH_ROWS = 1000;
/** So that a batch of long rows has fewer. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Of the rows that all segments of a worker may read at a time. A row longer than that is read alone. */
const ALL_BYTES = 16 * 1024 * 1024;

/** A SELECT, and which of its columns, from 0, may be long. */
export interface RowQuery {
  readonly sql: string;
  readonly columns: number;
  readonly long: readonly number[];
}

export const createRowBudget = (): ByteBudget => new ByteBudget(ALL_BYTES);

/**
 * Reads the rows of a SELECT in batches, as texts. The driver hands over nothing before a batch is whole, so the
 * longest row is looked for first: a thousand rows of megabytes would take all memory. JavaScript has a row several
 * times – as it came, as text, as part of the file – so even single ones take turns when they are long.
 * @param client in a transaction that sees one snapshot
 * @throws as `readBatches`, and the reason of `signal`
 */
export async function* readRows(
  client: PoolClient,
  query: RowQuery,
  budget: ByteBudget,
  signal: AbortSignal,
): AsyncGenerator<Texts[]> {
  const longest = query.long.length === 0 ? 1 : await longestRow(client, query);
  const batchRows = Math.min(BATCH_ROWS, Math.max(1, Math.floor(BATCH_BYTES / longest)));
  const giveBack = await budget.take(batchRows * longest, signal);
  try {
    yield* readBatches(client, query.sql, batchRows);
  } finally {
    giveBack();
  }
}

/** Bytes of the long columns of the longest row; 1 when there is none. */
async function longestRow(client: PoolClient, { sql, columns, long }: RowQuery): Promise<number> {
  const names = Array.from({ length: columns }, (_, index) => `c${index}`);
  const length = long.map((index) => `coalesce(octet_length(c${index}::text), 0)`).join(' + ');
  const { rows } = await client.query<{ longest: number | null }>(
    `SELECT max(${length}) AS longest FROM (${sql}) AS item (${names.join(', ')})`,
  );
  return rows[0]?.longest ?? 1;
}

/**
 * Reads the rows of a SELECT in batches, as texts; the server makes the next batch while one is used.
 *
 * The stream of pg-query-stream says nothing when its connection breaks: it waits for an answer before it would tell.
 * So the client is listened to as well. Left before its end, the connection is in the middle of an answer, and must go.
 *
 * @param batchRows how many the server sends at a time: with the batch before, these are in memory
 * @throws pg.DatabaseError from the server, also in the middle of the rows
 * @throws Error when the connection is lost
 */
export async function* readBatches(client: PoolClient, sql: string, batchRows: number): AsyncGenerator<Texts[]> {
  const stream = client.query(new QueryStream(sql, [], { rowMode: 'array', batchSize: batchRows, types: AS_TEXT }));
  let [wake, fail] = [(): void => undefined, (_error: Error): void => undefined];
  let failure: Error | undefined;
  const lost = (error = new Error('Connection terminated unexpectedly')): void => {
    failure ??= error;
    fail(failure);
  };
  const onEnd = (): void => {
    lost();
  };
  client.once('end', onEnd);
  stream.on('error', lost);
  for (const event of ['readable', 'end']) {
    stream.on(event, () => {
      wake();
    });
  }
  try {
    for (;;) {
      const batch: Texts[] = [];
      while (batch.length < batchRows) {
        const row = stream.read() as Texts | null;
        if (row === null) break;
        batch.push(row);
      }
      if (failure !== undefined) throw failure;
      if (batch.length > 0) yield batch;
      else if (stream.readableEnded) return;
      else {
        await new Promise<void>((resolve, reject) => {
          [wake, fail] = [resolve, reject];
        });
      }
    }
  } finally {
    client.removeListener('end', onEnd);
    stream.destroy();
  }
}
