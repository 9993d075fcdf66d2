import { minuteIn } from '../../text/minute-in.js';
import { oneLine } from '../../text/one-line.js';
import type { BareOutline } from '../encoding.js';
import { columnLetters } from './cells.js';
import { xlsxSettings } from './options.js';
import { escapeText } from './text.js';

/**
 * How a sheet is printed: as wide as the paper, in landscape if it is wide, with the header row, the title and the page
 * number on each page, and lines between the cells.
 */

/** The code of a paper size, and the characters of the default font (1/12 inch) between margins of half an inch. */
const PAPER = { A4: { code: 9, portrait: 87, landscape: 128 }, letter: { code: 1, portrait: 90, landscape: 120 } };
/** Smaller print would be hard to read, so wider sheets take several pages side by side. */
const LEAST_SCALE = 0.5;

interface Pages {
  readonly paper: number;
  readonly orientation: 'portrait' | 'landscape';
  /** How many pages are side by side. */
  readonly wide: number;
}

/** @param widths of the columns, in characters */
function pagesFor(widths: readonly number[], { page_size: size }: ReturnType<typeof xlsxSettings>): Pages {
  const { code: paper, portrait, landscape } = PAPER[size];
  const width = widths.reduce((sum, column) => sum + column, 0);
  if (width <= portrait) return { paper, orientation: 'portrait', wide: 1 };
  return { paper, orientation: 'landscape', wide: Math.ceil((width * LEAST_SCALE) / landscape) };
}

/** Comes before a sheet's views, and fits the sheet to the pages of `pageSetup`. */
export const FIT_TO_PAGE = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>';

/** A header has at most 255 characters, and ampersands are doubled. */
const MAX_TITLE = 90;

/** Comes after a sheet's filter. */
export function pageSetup({ title, about, options }: BareOutline, widths: readonly number[]): string {
  const settings = xlsxSettings(options);
  const { paper, orientation, wide } = pagesFor(widths, settings);
  const shown = oneLine(title)
    .slice(0, MAX_TITLE)
    .replace(/[\ud800-\udbff]$/, '')
    .replaceAll('&', '&&');
  const exported = `exported ${minuteIn(settings.timezone, about.plannedAt)} (${settings.timezone})`;
  return [
    '<printOptions gridLines="1"/>',
    '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>',
    `<pageSetup paperSize="${paper}" orientation="${orientation}" fitToWidth="${wide}" fitToHeight="0"/>`,
    `<headerFooter><oddHeader>${escapeText(`&L&"-,Bold"${shown}&R${exported}`)}</oddHeader>`,
    `<oddFooter>${escapeText('&CPage &P of &N')}</oddFooter></headerFooter>`,
  ].join('');
}

/**
 * The range of the name `_xlnm.Print_Titles`: the header row, and the first column if pages are side by side.
 * @param sheet quoted
 */
export function printTitles(sheet: string, { options }: BareOutline, widths: readonly number[]): string {
  const { wide } = pagesFor(widths, xlsxSettings(options));
  const first = columnLetters(0);
  return `${wide > 1 ? `${sheet}!$${first}:$${first},` : ''}${sheet}!$1:$1`;
}
