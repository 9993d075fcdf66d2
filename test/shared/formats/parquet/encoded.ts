import type { RowOrder } from '../../../../shared/datasets/sort.js';
import type { WrittenSegment } from '../../../../shared/formats/encoding.js';
import { parquetEncoding } from '../../../../shared/formats/parquet/encoding.js';
import type { ParquetPosition } from '../../../../shared/formats/parquet/positions.js';
import { ONLY, outlineFor, UNORDERED, type TestColumn } from '../../../support/outline.js';
import { tupleOf, type RowFields } from './tuples.js';

/** One row group of any size. */
export const WHOLE: ParquetPosition = { groups: 1, groupRows: 1e6, lastRows: 1e6, hasPageIndex: true };

interface EncodedSegment {
  /** The bytes of one segment, without head and tail. */
  readonly bytes: Buffer;
  readonly written: WrittenSegment<ParquetPosition>;
}

export interface TestFile {
  readonly columns: readonly TestColumn[];
  readonly options?: Readonly<Record<string, string | number>>;
  readonly position?: ParquetPosition;
  readonly order?: RowOrder;
}

function outlineOf({ columns, options = {}, order = UNORDERED.order }: TestFile) {
  const outline = outlineFor(columns, { options });
  return {
    ...outline,
    layout: parquetEncoding.layoutSchema?.parse(parquetEncoding.layout?.([], outline, {}, { words: [], order })),
  };
}

/** Encodes the rows of a segment. @param cuts sizes of the chunks that the rows arrive in; the rest is one chunk */
export async function encodeSegment(
  file: TestFile,
  rows: readonly RowFields[],
  { cuts = [], segment = 0 }: { readonly cuts?: readonly number[]; readonly segment?: number } = {},
): Promise<EncodedSegment> {
  const position = file.position ?? WHOLE;
  const outline = outlineOf(file);
  if (outline.layout === undefined) throw new Error('There is no layout.');
  const encoder = parquetEncoding.createEncoder(position, { ...outline, layout: outline.layout }, {});
  const tuples = rows.map(tupleOf);
  const ends = endsOf(tuples);
  const all = Buffer.concat(tuples);
  const out: Buffer[] = [];
  const keep = (bytes: Buffer): void => void out.push(Buffer.from(bytes));
  let from = 0;
  for (const size of [...cuts, Infinity]) {
    const to = Math.min(all.length, from + size);
    const count = ends.filter((end) => end > from && end <= to).length;
    // A copy, which is overwritten afterwards, as the memory of real chunks is.
    const bytes = Buffer.from(all.subarray(from, to));
    await encoder.write({ bytes, rows: count }, keep);
    bytes.fill(0xee);
    from = to;
  }
  const summary = await encoder.end(keep);
  const bytes = Buffer.concat(out);
  const written = { ...{ segment, plannedRows: rows.length, rows: rows.length, bytes: bytes.length, summary } };
  return { bytes, written: { ...written, position: { ...ONLY, own: position } } };
}

function endsOf(tuples: readonly Buffer[]): number[] {
  let end = 0;
  return tuples.map(({ length }) => (end += length));
}

/** The whole file. @param segments rows of each segment */
export async function encodeFile(file: TestFile, segments: readonly (readonly RowFields[])[]): Promise<Buffer> {
  const encoded: EncodedSegment[] = [];
  for (const [segment, rows] of segments.entries()) encoded.push(await encodeSegment(file, rows, { segment }));
  const outline = outlineOf(file);
  if (outline.layout === undefined) throw new Error('There is no layout.');
  const whole = { ...outline, layout: outline.layout };
  const written = encoded.map((segment) => segment.written);
  const tail = await parquetEncoding.tail(whole, written, {});
  return Buffer.concat([parquetEncoding.head(whole), ...encoded.map(({ bytes }) => bytes), tail]);
}
