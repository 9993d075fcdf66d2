import { sampleSql, type FrozenQuery } from '../shared/datasets/query.js';
import { openSegment } from '../shared/formats/file.js';
import type { FileOutline, Format, RowBytes } from '../shared/formats/format.js';
import type { SourceSession } from '../shared/infrastructure/source.js';
import type { Lane } from './lanes.js';

/** Rows of each end that are encoded to learn how long a row is. */
const SAMPLE_ROWS = 500;
/** Bytes of rows after which fewer will do. */
const SAMPLE_BYTES = 16 * 1024 * 1024;

interface Sampling {
  readonly format: Format;
  readonly outline: FileOutline;
  readonly reader: Lane;
  readonly query: FrozenQuery;
  readonly session: SourceSession;
  readonly signal: AbortSignal;
}

/**
 * Mean bytes of an encoded row, by both ends of the key; 1 when there are no rows. `leastRowBytes` is the end's with the
 * shorter rows: one huge row must not have an export refused that its segments would prove small enough.
 */
export async function sampleRowBytes(work: Sampling): Promise<{ rowBytes: number; leastRowBytes: number }> {
  const [first, last] = [await sampleEnd(work, 'first'), await sampleEnd(work, 'last')];
  const mean = (bytes: number, rows: number): number => Math.max(1, bytes / Math.max(1, rows));
  return {
    rowBytes: mean(first.bytes + last.bytes, first.rows + last.rows),
    leastRowBytes: Math.min(mean(first.bytes, first.rows), mean(last.bytes, last.rows)),
  };
}

async function sampleEnd({ format, outline, reader, query, session, signal }: Sampling, end: 'first' | 'last') {
  const sampled = { bytes: 0, rows: 0 };
  const count = (encoded: Buffer): void => {
    sampled.bytes += encoded.length;
  };
  const encoder = openSegment(format, outline, { opens: false, leads: false });
  const enough = new Error('enough');
  let read = 0;
  const take = async (chunk: RowBytes): Promise<void> => {
    read += chunk.bytes.length;
    sampled.rows += chunk.rows;
    await encoder.write(chunk, count);
    if (read >= SAMPLE_BYTES) throw enough;
  };
  await reader.read(sampleSql(query, end, SAMPLE_ROWS), session, signal, take).catch((error: unknown) => {
    if (error !== enough) throw error;
  });
  await encoder.end(count);
  return sampled;
}
