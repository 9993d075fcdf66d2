import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { CopyOut } from '../../../shared/source/copy-out.js';
import { stack } from '../../support/stack.js';

/**
 * All bytes and rows of a copy.
 * @param pause awaited before each chunk is used, as by a slow reader
 */
export async function readCopy(
  copy: CopyOut,
  pause?: () => Promise<unknown>,
): Promise<{ readonly bytes: Buffer; readonly rows: number }> {
  const chunks: Buffer[] = [];
  let rows = 0;
  for await (const chunk of copy) {
    if (pause !== undefined) await pause();
    chunks.push(Buffer.from(chunk.bytes));
    rows += chunk.rows;
  }
  return { bytes: Buffer.concat(chunks), rows };
}

/** The copy that pg-copy-streams reads. */
export async function referenceCopy(sql: string): Promise<Buffer> {
  const client = new pg.Client({ connectionString: stack().env.DATABASE_URL });
  await client.connect();
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of client.query(copyTo(sql))) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } finally {
    await client.end();
  }
}
