import { readSync } from 'node:fs';
import { LF } from '../../shared/formats/copy-text.js';
import type { RowBytes } from '../../shared/formats/encoding.js';

/** The most that PostgreSQL's socket returns at a time. */
const CHUNK_BYTES = 256 * 1024;

/** Reads a file in COPY's text format as the text lane would; each chunk is valid until the next is requested. */
export function* readChunks(file: number, chunkBytes = CHUNK_BYTES): Generator<RowBytes> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (;;) {
    const length = readSync(file, buffer);
    if (length === 0) return;
    const bytes = buffer.subarray(0, length);
    yield { bytes, rows: rowsIn(bytes) };
  }
}

function rowsIn(bytes: Buffer): number {
  let rows = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) rows += 1;
  return rows;
}

/**
 * Splits chunks at segment bounds.
 * @param counts rows of each segment, in order; they must add up to all rows
 */
export function* cutRows(
  chunks: Iterable<RowBytes>,
  counts: readonly number[],
): Generator<RowBytes & { readonly segment: number }> {
  let segment = 0;
  let left = counts[0] ?? 0;
  for (const chunk of chunks) {
    let { bytes, rows } = chunk;
    while (rows >= left && segment < counts.length) {
      const end = endOfRow(bytes, left);
      yield { segment, bytes: bytes.subarray(0, end), rows: left };
      bytes = bytes.subarray(end);
      rows -= left;
      segment += 1;
      left = counts[segment] ?? 0;
    }
    if (bytes.length === 0) continue;
    if (segment >= counts.length) throw new RangeError('There are more rows than were counted.');
    yield { segment, bytes, rows };
    left -= rows;
  }
}

/** The position after the end of the n-th row. */
function endOfRow(bytes: Buffer, n: number): number {
  let end = 0;
  for (let row = 0; row < n; row += 1) end = bytes.indexOf(LF, end) + 1;
  return end;
}
