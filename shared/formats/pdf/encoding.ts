import { ServiceError } from '../../errors.js';
import { copyTextLane, copyTextSql } from '../copy-text.js';
import type { Encoding, FileOutline, FormatResources, WrittenSegment } from '../encoding.js';
import { PdfEncoder } from './encoder.js';
import { makeLayout, pdfLayout, type PdfLayout } from './layout.js';
import { pdfPosition, pdfPositions, type PdfPosition } from './position.js';
import type { PdfResources } from './resources.js';
import { withShaper } from './shaping/shaper.js';
import { HEAD, makeTail } from './tail.js';
import { totalOf } from '../sums.js';
import type { Warning } from '../../contract.js';

/**
 * PDF for printing and sharing: a table with its title, its filters and its header row on every page. A segment
 * consists of whole pages, with objects from its own range of numbers. The finish writes the fonts, what all pages
 * share, and the tables that refer to everything.
 */
export const pdfEncoding: Encoding<PdfLayout, PdfPosition> = {
  encoderVersion: 6,
  renderColumn: () => asItIs,
  copySql: copyTextSql,
  rows: copyTextLane(() => asItIs),

  layout(sample, outline, resources, { words }) {
    const own = required(resources);
    return withShaper(own.fonts().shaper, () => makeLayout(sample, outline, own, words));
  },
  layoutSchema: pdfLayout,
  cut: ({ layout: { rowsPerPage } }) => ({ unitRows: rowsPerPage, memberRows: Infinity }),
  positions: ({ layout: { rowsPerPage } }, segments, withHeadroom) => pdfPositions(segments, rowsPerPage, withHeadroom),
  positionSchema: pdfPosition,

  head: () => HEAD,
  createEncoder(position, outline, resources) {
    const { fonts } = planned(outline, resources);
    return new PdfEncoder(position, outline.layout, fonts.body);
  },
  tail(outline, segments, resources) {
    const { fonts, logo } = planned(outline, resources);
    return withShaper(fonts.shaper, () => makeTail(outline, segments, fonts, logo));
  },
  warnings,
};

/** Leaves PostgreSQL's text unchanged; what people needn't see is dropped when it is drawn. */
const asItIs = (quoted: string): string => quoted;

function required({ pdf: resources }: FormatResources): PdfResources {
  if (resources === undefined) throw new ServiceError('INTERNAL', 'This worker has no fonts for a PDF.');
  return resources;
}

/** @throws ServiceError WORKER_OUTDATED if the worker's fonts or logo differ from the plan's */
function planned({ about, layout }: FileOutline<PdfLayout>, resources: FormatResources) {
  const { fonts, brandingOf } = required(resources);
  const { logo } = brandingOf(about.tenantId);
  if (fonts().identity !== layout.fonts || (logo?.identity ?? null) !== (layout.logo?.identity ?? null)) {
    throw new ServiceError(
      'WORKER_OUTDATED',
      "This worker's fonts or logo (PDF_FONTS, PDF_BRANDING) differ from those that the export was planned with.",
    );
  }
  return { fonts: fonts(), logo };
}

function warnings(segments: readonly WrittenSegment[]): Warning[] {
  const missing = totalOf(segments, 'missing');
  const clipped = totalOf(segments, 'clipped');
  return [
    ...(missing === 0 ? [] : [{ code: 'PDF_MISSING_GLYPHS', message: missingGlyphs(missing), count: missing }]),
    ...(clipped === 0 ? [] : [{ code: 'PDF_CLIPPED_CELLS', message: clippedCells(clipped), count: clipped }]),
  ];
}

const missingGlyphs = (count: number): string =>
  count === 1
    ? '1 character has no glyph in the PDF font and prints as \ufffd; copied text is correct.'
    : `${count.toLocaleString('en-US')} characters have no glyph in the PDF font and print as \ufffd; copied text is correct.`;

const clippedCells = (count: number): string =>
  count === 1
    ? '1 cell was too long for its column and ends with an ellipsis.'
    : `${count.toLocaleString('en-US')} cells were too long for their columns and end with an ellipsis.`;
