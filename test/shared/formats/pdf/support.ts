import { createRequire } from 'node:module';
import { joinFile, openSegment } from '../../../../shared/formats/file.js';
import type { FileOutline, FormatResources, WrittenSegment } from '../../../../shared/formats/encoding.js';
import type { FormatOptions } from '../../../../shared/formats/format-options.js';
import { loadFormat } from '../../../../shared/formats/load-format.js';
import { openPdfResources } from '../../../../shared/startup/open-pdf-resources.js';
import { outlineFor, UNORDERED, type TestColumn } from '../../../support/outline.js';

const pdf = await loadFormat('PDF');

/** A font with characters that the built-in font lacks: mathematical letters beyond the basic plane. */
export const MATH_FONT = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuMathTeXGyre.ttf');

export const openResources = async (fonts: string[] = []): Promise<FormatResources> => ({
  pdf: await openPdfResources({ PDF_FONTS: fonts }),
});

type Cell = string | null;
const rowsOf = (cells: readonly (readonly Cell[])[]) => ({
  bytes: pdf.rows.createWriter([], {})(cells),
  rows: cells.length,
});

export interface Made {
  readonly outline: FileOutline;
  readonly segments: readonly WrittenSegment[];
  readonly bytes: Buffer;
}

/** A file of these rows; segments are encoded independently, each in pieces of `chunk` bytes. */
export async function makePdf(
  columns: readonly TestColumn[],
  cells: readonly (readonly Cell[])[],
  resources: FormatResources,
  { options = {}, pagesPerSegment = 2, chunk = Infinity, backwards = false }: MakeOptions = {},
): Promise<Made> {
  const bare = outlineFor(columns, { options: pdf.options.parse(options) });
  const layout = (await pdf.layout?.([rowsOf(cells)], bare, resources, { ...UNORDERED, words: ['All rows'] })) ?? null;
  const outline = { ...bare, layout };
  const perSegment = (pdf.cut?.(outline, { plainBytes: 0 }, false).unitRows ?? 1) * pagesPerSegment;
  const parts = Array.from({ length: Math.max(1, Math.ceil(cells.length / perSegment)) }, (_, segment) =>
    cells.slice(segment * perSegment, (segment + 1) * perSegment),
  );
  const cuts = parts.map(({ length: rows }) => ({ rows, member: 0 }));
  const positions = pdf.positions?.(outline, cuts, false) ?? [];
  const spec = { format: pdf, outlines: [outline] };
  const encoded = async (part: readonly (readonly Cell[])[], segment: number) => {
    const position = { file: 0, member: 0, opens: segment === 0, wide: false, own: positions[segment] ?? null };
    const encoder = openSegment(spec, position, resources);
    const out: Buffer[] = [];
    const emit = (bytes: Buffer): void => void out.push(Buffer.from(bytes));
    const { bytes } = rowsOf(part);
    for (let at = 0; at < bytes.length; at += chunk) {
      const piece = bytes.subarray(at, at + chunk);
      await encoder.write({ bytes: piece, rows: piece.filter((byte) => byte === 10).length }, emit);
    }
    const summary = await encoder.end(emit);
    const file = Buffer.concat(out);
    const rows = part.length;
    return { file, written: { segment, position, plannedRows: rows, rows, bytes: file.length, summary } };
  };
  const order = [...parts.entries()];
  const made = [];
  for (const [segment, part] of backwards ? order.reverse() : order) made.push(await encoded(part, segment));
  made.sort((a, b) => a.written.segment - b.written.segment);
  const segments = made.map(({ written }) => written);
  const { tail } = await joinFile(spec, segments, resources);
  return { outline, segments, bytes: Buffer.concat([...made.map(({ file }) => file), tail]) };
}

export interface MakeOptions {
  readonly options?: FormatOptions;
  readonly pagesPerSegment?: number;
  readonly chunk?: number;
  readonly backwards?: boolean;
}

/** All two-byte letters of an encoding, in texts that fit a column. */
export function lettersOf(encoding: string): string[] {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const letters = new Set<string>();
  for (let first = 0x81; first < 0xff; first++) {
    for (let second = 0x40; second < 0xff; second++) {
      try {
        const text = decoder.decode(Uint8Array.of(first, second));
        if (/^\p{L}$/u.test(text)) letters.add(text);
      } catch {
        // Not a valid character.
      }
    }
  }
  const all = [...letters];
  return Array.from({ length: Math.ceil(all.length / 20) }, (_, at) => all.slice(at * 20, at * 20 + 20).join(''));
}
