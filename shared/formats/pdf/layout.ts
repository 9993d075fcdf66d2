import { z } from 'zod';
import { numberFormatSchema } from '../../datasets/number-format.js';
import { fieldsOf } from '../copy-text.js';
import type { BareOutline, RowBytes } from '../encoding.js';
import { columnNeeds, fitColumns, withWholeLabels, type ColumnNeed } from './columns.js';
import * as geometry from './geometry.js';
import { clipText, wrapText } from './measure.js';
import { notesOf, titleOf } from './notes.js';
import { pdfSettings } from './options.js';
import type { PdfFonts, PdfResources } from './resources.js';

/** Layout shared by all pages of a file; lengths in tenths of a point. */
export const pdfLayout = z.object({
  /** Identity of the fonts and logo that the layout was made with; others would not fit. */
  fonts: z.string(),
  logo: z.object({ identity: z.string(), width: z.number(), height: z.number() }).nullable(),
  width: z.number(),
  height: z.number(),
  /** Font size of the rows. */
  size: z.number(),
  lead: z.number(),
  columns: z.array(
    z.object({
      x: z.number(),
      width: z.number(),
      kind: z.enum(['number', 'moment', 'flag', 'padded', 'even', 'text']),
      number: numberFormatSchema.nullable(),
      label: z.array(z.string()),
    }),
  ),
  title: z.string(),
  /** Lines below the title. */
  notes: z.array(z.string()),
  /** Top edges of the header row and of the first row. */
  tableTop: z.number(),
  rowsTop: z.number(),
  rowsPerPage: z.number(),
});

export type PdfLayout = z.infer<typeof pdfLayout>;

interface Fit {
  readonly page: geometry.PageSize;
  readonly size: number;
  readonly widths: readonly number[];
}

/** How much smaller the text may be, so that no label takes two lines. */
const LABELS_ARE_WORTH = 2 * geometry.SIZES.step;

/** The largest font size at which the columns fit, or a slightly smaller one at which their labels fit on one line. */
function fitPage(needs: readonly ColumnNeed[], page: geometry.PageSize, least: number): Fit | null {
  const fit = largestFit(needs, page, least);
  if (fit === null) return null;
  const { comfortable, least: smallest, step } = geometry.SIZES;
  // Never clip values for the sake of labels.
  const floor = (fit.size > comfortable ? comfortable : smallest) + step;
  return largestFit(withWholeLabels(needs), page, Math.max(least, floor, fit.size - LABELS_ARE_WORTH)) ?? fit;
}

function largestFit(needs: readonly ColumnNeed[], page: geometry.PageSize, least: number): Fit | null {
  for (let size: number = geometry.SIZES.largest; size >= least; size -= geometry.SIZES.step) {
    const widths = fitColumns(needs, size, geometry.usableWidth(page));
    if (widths !== null) return { page, size, widths };
  }
  return null;
}

function choosePage(needs: readonly ColumnNeed[], outline: BareOutline): Fit {
  const { orientation, page_size: paper } = pdfSettings(outline.options);
  const [upright, wide] = [geometry.pageSize(paper, false), geometry.pageSize(paper, true)];
  const { comfortable, least } = geometry.SIZES;
  // Landscape only if that allows a larger font.
  const first = orientation === 'auto' ? fitPage(needs, upright, comfortable + geometry.SIZES.step) : null;
  const fit = first ?? fitPage(needs, orientation === 'portrait' ? upright : wide, least);
  if (fit === null) throw new RangeError('The columns do not fit; columnsProblem() should have said so.');
  return fit;
}

function logoBox({ brandingOf }: PdfResources, tenantId: string): PdfLayout['logo'] {
  const { logo } = brandingOf(tenantId);
  if (logo === undefined) return null;
  const scale = Math.min(geometry.LOGO.width / logo.width, geometry.LOGO.height / logo.height);
  const { identity, width, height } = logo;
  return { identity, width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * @param which the filters and the order of the rows, in words
 * @throws ShaperNeeded
 */
export function makeLayout(
  sample: readonly RowBytes[],
  outline: BareOutline,
  resources: PdfResources,
  which: readonly string[],
): PdfLayout {
  const fonts: PdfFonts = resources.fonts();
  const needs = columnNeeds(outline.columns, fieldsOf(sample), fonts);
  const { page, size, widths } = choosePage(needs, outline);
  const logo = logoBox(resources, outline.about.tenantId);

  const room = geometry.usableWidth(page) - (logo === null ? 0 : logo.width + geometry.MARGIN);
  const branding = resources.brandingOf(outline.about.tenantId).title;
  const title = titleOf(outline, branding);
  const notes = notesOf(outline, which, title).flatMap((note) =>
    wrapText(fonts.body, note, (room * 1000) / geometry.NOTE_SIZE, NOTE_LINES),
  );
  let x = geometry.MARGIN;
  const columns = outline.columns.map(({ label, number }, index) => {
    const width = widths[index] ?? 0;
    const left = x;
    x += width;
    const inner = (width * 1000) / size - 2 * geometry.PADDING;
    return {
      x: left,
      width,
      kind: needs[index]?.kind ?? 'text',
      number,
      label: wrapText(fonts.heading, label, inner, LABEL_LINES),
    };
  });

  const lead = geometry.leadOf(size);
  const labelLines = Math.max(...columns.map(({ label }) => label.length));
  const head = geometry.TITLE_LEAD + (notes.length + 1) * geometry.NOTE_LEAD;
  const tableTop = page.height - geometry.MARGIN - Math.max(head, logo?.height ?? 0) - geometry.GAP;
  const rowsTop = tableTop - lead * labelLines - Math.round(lead / 3);
  const rowsPerPage = Math.floor((rowsTop - geometry.ROWS_END) / lead);
  const shown = { title: clipText(fonts.heading, title, (room * 1000) / geometry.TITLE_SIZE), notes };
  return { fonts: fonts.identity, logo, ...page, size, lead, columns, ...shown, tableTop, rowsTop, rowsPerPage };
}

const NOTE_LINES = 3;
const LABEL_LINES = 2;
