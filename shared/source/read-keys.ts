import type { KeyBound } from '../plan/segments.js';
import { AS_TEXT, type PoolClient } from '../postgres.js';

/** The rows of a query, as PostgreSQL writes their columns. */
export async function readKeys(client: Pick<PoolClient, 'query'>, text: string): Promise<KeyBound[]> {
  return (await client.query<string[]>({ text, rowMode: 'array', types: AS_TEXT })).rows;
}
