import QueryStream from 'pg-query-stream';
import type { Texts } from '../datasets/compute.js';
import { ByteBudget } from './byte-budget.js';
import { AS_TEXT, type PoolClient } from '../postgres.js';

/**
 * The server prepares a batch while the previous one is in use. Batches ten times as large took 50% longer and 200 MB
 * more, because their rows survive the young generation of the heap.
 */
const BATCH_ROWS = 1000;
/** Limits the rows per batch when rows are long. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** For all rows that a worker's segments read at the same time. A longer row is read alone. */
const ALL_BYTES = 16 * 1024 * 1024;

/** A SELECT, and the indexes (from 0) of its columns that may be long. */
export interface RowQuery {
  readonly sql: string;
  readonly columns: number;
  readonly long: readonly number[];
}

export const createRowBudget = (): ByteBudget => new ByteBudget(ALL_BYTES);

/**
 * Reads the rows of a SELECT in batches, as text. The driver only hands over whole batches, so this first looks up the
 * longest row: a thousand rows of several megabytes would exhaust the memory. JavaScript holds each row several times –
 * as received, as text, as part of the file – so long rows take turns even when read one at a time.
 * @param client in a transaction with one snapshot
 * @throws the errors of `readBatches`, and the reason of `signal`
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

/** Size of the longest row's long columns in bytes; 1 if there is no row. */
async function longestRow(client: PoolClient, { sql, columns, long }: RowQuery): Promise<number> {
  const names = Array.from({ length: columns }, (_, index) => `c${index}`);
  const length = long.map((index) => `coalesce(octet_length(c${index}::text), 0)`).join(' + ');
  const { rows } = await client.query<{ longest: number | null }>(
    `SELECT max(${length}) AS longest FROM (${sql}) AS item (${names.join(', ')})`,
  );
  return rows[0]?.longest ?? 1;
}

/**
 * Reads the rows of a SELECT in batches, as text; the server prepares the next batch while one is in use.
 *
 * pg-query-stream does not report a broken connection while it waits for an answer, so this also listens to the client.
 * If the loop ends early, the connection is mid-response and must be closed.
 * @param batchRows rows per batch; the previous batch is in memory, too
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
