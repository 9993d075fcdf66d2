import { once } from 'node:events';
import QueryStream from 'pg-query-stream';
import type { Texts } from '../datasets/compute.js';
import type { PoolClient } from './postgres.js';

/** The driver hands every value on as the text that PostgreSQL wrote. */
const asText = { getTypeParser: () => (text: string) => text };

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
