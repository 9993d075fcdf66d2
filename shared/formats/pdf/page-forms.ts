import type { FileOutline } from '../encoding.js';
import { Canvas } from './canvas.js';
import type { UsedCharacters } from './codes.js';
import type { Faces } from './faces.js';
import * as geometry from './geometry.js';
import { clipText, measureText } from './measure.js';
import type { PdfLayout } from './layout.js';
import { provenance } from './notes.js';
import type { PdfFonts } from './resources.js';
import { UsedGlyphs } from './shaping/used-glyphs.js';

/** Forms that all pages share. Drawn once at the end, when the number of pages is known. */
export interface PageForms {
  /** Content above the rows: title, notes, labels. */
  readonly head: Buffer;
  /** Text after the page number. */
  readonly foot: Buffer;
  readonly used: ReadonlyMap<Faces, UsedCharacters>;
  readonly glyphs: UsedGlyphs;
}

const BLACK = 0;
const GRAY = 0.4;

export function drawForms(
  outline: FileOutline<PdfLayout>,
  { body, heading }: PdfFonts,
  { rows, lastPage }: { readonly rows: number; readonly lastPage: number },
): PageForms {
  const used = new Map<Faces, UsedCharacters>();
  const glyphs = new UsedGlyphs();
  const { layout } = outline;
  const { logo, width, height, size, lead } = layout;
  const [left, right, top] = [geometry.MARGIN, width - geometry.MARGIN, height - geometry.MARGIN];

  const head = new Canvas(used, glyphs);
  let y = top - Math.round(geometry.CAP_HEIGHT * geometry.TITLE_SIZE);
  head.text(heading, layout.title, { x: left, y, size: geometry.TITLE_SIZE, gray: BLACK });
  y -= geometry.TITLE_LEAD - geometry.NOTE_LEAD;
  const room = right - left - (logo === null ? 0 : logo.width + geometry.MARGIN);
  const last = clipText(body, provenance(outline, rows), (room * 1000) / geometry.NOTE_SIZE);
  for (const note of [...layout.notes, last]) {
    y -= geometry.NOTE_LEAD;
    head.text(body, note, { x: left, y, size: geometry.NOTE_SIZE, gray: GRAY });
  }
  if (logo !== null) {
    head.raw(`q ${logo.width} 0 0 ${logo.height} ${right - logo.width} ${top - logo.height} cm/Logo Do Q`);
  }
  drawLabels(head, heading, layout);
  head.raw(`.2 G 8 w ${left} ${layout.rowsTop} m ${right} ${layout.rowsTop} l S`);

  if (rows === 0) {
    const baseline = layout.rowsTop - lead + Math.round((lead - geometry.CAP_HEIGHT * size) / 2);
    head.text(body, 'No rows.', { x: left + padding(size), y: baseline, size, gray: GRAY });
  }
  const foot = new Canvas(used, glyphs);
  const middle = Math.round(width / 2);
  foot.text(body, ` of ${lastPage}`, {
    x: middle,
    y: geometry.FOOTER_BASELINE,
    size: geometry.FOOTER_SIZE,
    gray: GRAY,
  });
  return { head: head.bytes(), foot: foot.bytes(), used, glyphs };
}

const padding = (size: number): number => Math.round((geometry.PADDING * size) / 1000);

/** Draws the column labels; the last line of each sits on the header's rule. */
function drawLabels(canvas: Canvas, heading: Faces, { columns, size, lead, rowsTop }: PdfLayout): void {
  for (const { x, width, kind, label } of columns) {
    for (const [index, line] of label.entries()) {
      const lineWidth = Math.round((measureText(heading, line) * size) / 1000);
      canvas.text(heading, line, {
        x: kind === 'number' ? x + width - padding(size) - lineWidth : x + padding(size),
        y: rowsTop + Math.round(lead * (label.length - index - 1 + 0.4)),
        size,
        gray: BLACK,
      });
    }
  }
}
