import { sampleSql, type FrozenQuery } from '../../shared/datasets/query.js';
import { openSegment } from '../../shared/formats/file.js';
import { outlineOf, type FileSpec } from '../../shared/formats/file-spec.js';
import type { FormatResources, RowBytes } from '../../shared/formats/encoding.js';
import { numberIn } from '../../shared/formats/sums.js';
import type { SourceSession } from '../../shared/source/session.js';
import type { Lane } from '../file/lanes.js';

/** How many rows are sampled at each end of the key. */
const SAMPLE_ROWS = 500;
/** The sample of an end stops early after this many bytes. */
const SAMPLE_BYTES = 16 * 1024 * 1024;

/** Rows from both ends of the key. */
export interface RowSample {
  readonly first: readonly RowBytes[];
  readonly last: readonly RowBytes[];
}

export async function readSample(
  lane: Lane,
  query: FrozenQuery,
  session: SourceSession,
  signal: AbortSignal,
): Promise<RowSample> {
  const end = async (which: 'first' | 'last'): Promise<RowBytes[]> => {
    const chunks: RowBytes[] = [];
    let read = 0;
    for await (const { bytes, rows } of lane.rows(sampleSql(query, which, SAMPLE_ROWS), session, signal)) {
      chunks.push({ bytes: Buffer.from(bytes), rows });
      read += bytes.length;
      if (read >= SAMPLE_BYTES) break;
    }
    return chunks;
  };
  return { first: await end('first'), last: await end('last') };
}

export interface RowSizes {
  /** Mean bytes of a row in the object; 1 when there are no rows. */
  readonly rowBytes: number;
  /**
   * The same for the end with the shorter rows, so that one huge row doesn't rule out an export that would fit.
   */
  readonly leastRowBytes: number;
  /** Mean bytes before compression. */
  readonly plainRowBytes: number;
}

/** Measures rows when they are encoded. @param spec the spec of one file */
export async function measureRows(
  spec: FileSpec,
  resources: FormatResources,
  { first, last }: RowSample,
): Promise<RowSizes> {
  const encoded = async (chunks: readonly RowBytes[]) => {
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    const [own = null] = spec.format.positions?.(outlineOf(spec, { file: 0 }), [{ rows, member: 0 }], false) ?? [];
    const encoder = openSegment(spec, { file: 0, member: 0, opens: false, wide: false, own }, resources);
    let bytes = 0;
    const count = (out: Buffer): void => {
      bytes += out.length;
    };
    for (const chunk of chunks) await encoder.write(chunk, count);
    const summary = await encoder.end(count);
    return { bytes, rows, plain: numberIn(summary, 'size') || bytes };
  };
  const mean = (bytes: number, rows: number): number => Math.max(1, bytes / Math.max(1, rows));
  const [head, end] = [await encoded(first), await encoded(last)];
  return {
    rowBytes: mean(head.bytes + end.bytes, head.rows + end.rows),
    leastRowBytes: Math.min(mean(head.bytes, head.rows), mean(end.bytes, end.rows)),
    plainRowBytes: mean(head.plain + end.plain, head.rows + end.rows),
  };
}
