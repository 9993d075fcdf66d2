import { once } from 'node:events';
import QueryStream from 'pg-query-stream';
import type { Texts } from '../datasets/compute.js';
import type { PoolClient } from './postgres.js';

/** The driver hands every value on as the text that PostgreSQL wrote. */
const asText = { getTypeParser: () => (text: string) => text };

const BATCH_ROWS = 10_000;
/** So that a batch of long rows has fewer. */
const BATCH_BYTES = 8 * 1024 * 1024;

/**
 * Reads the rows of a SELECT in batches of at most 10,000, as texts. The driver hands over nothing before a batch is
 * whole, so the longest row is looked for first: thousands of rows of megabytes would take all memory.
 * @param client in a transaction that sees one snapshot
 * @throws as `readBatches`
 */
export async function* readRows(client: PoolClient, sql: string): AsyncGenerator<Texts[]> {
  const { rows } = await client.query<{ longest: number | null }>(
    `SELECT max(octet_length(item::text)) AS longest FROM (${sql}) AS item`,
  );
  const longest = rows[0]?.longest ?? null;
  if (longest === null) return;
  yield* readBatches(client, sql, Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_BYTES / longest))));
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
  const stream = client.query(new QueryStream(sql, [], { rowMode: 'array', batchSize: batchRows, types: asText }));
  const over = new AbortController();
  const failed = new Promise<never>((_, reject) => {
    stream.once('error', reject);
    const lost = (): void => {
      reject(new Error('Connection terminated unexpectedly'));
    };
    client.once('end', lost);
    over.signal.addEventListener('abort', () => client.removeListener('end', lost));
  });
  failed.catch(() => undefined);
  const ended = once(stream, 'end', { signal: over.signal });
  ended.catch(() => undefined);
  try {
    for (;;) {
      const batch: Texts[] = [];
      while (batch.length < batchRows) {
        const row = stream.read() as Texts | null;
        if (row === null) break;
        batch.push(row);
      }
      if (batch.length > 0) yield batch;
      else if (stream.readableEnded) return;
      else {
        const waiting = new AbortController();
        try {
          await Promise.race([once(stream, 'readable', { signal: waiting.signal }), ended, failed]);
        } finally {
          waiting.abort();
        }
      }
    }
  } finally {
    over.abort();
    stream.destroy();
  }
}
