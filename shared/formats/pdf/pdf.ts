import type { Format } from '../format.js';
import type { FormatOptions } from '../format-options.js';
import { LEAST_COLUMN, pageSize, usableWidth } from './geometry.js';
import { pdfOptions, pdfSettings } from './options.js';

/** Maximum number of columns at the smallest font size. */
function mostColumns(options: FormatOptions): number {
  const { orientation, page_size: paper } = pdfSettings(options);
  return Math.floor(usableWidth(pageSize(paper, orientation !== 'portrait')) / LEAST_COLUMN);
}

export const pdf: Format = {
  name: 'PDF',
  extension: 'pdf',
  mediaType: 'application/pdf',
  options: pdfOptions,
  // UUIDs mean nothing to people, and each takes as much space as a name.
  optInTypes: ['uuid'],
  columnsProblem({ length }, options) {
    const most = mostColumns(options);
    return length > most
      ? `are too many for a PDF of this page size: at most ${most} fit, and the request has ${length}`
      : null;
  },
  loadPreview: async () => (await import('./preview.js')).pdfPreview,
  loadEncoding: async () => (await import('./encoding.js')).pdfEncoding,
};
