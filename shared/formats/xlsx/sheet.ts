import type { ShownColumn } from '../../datasets/shown-columns.js';
import { fieldsOf } from '../copy-text.js';
import type { FileOutline, RowBytes } from '../encoding.js';
import { numberText } from '../number-text.js';
import { cellKind, columnLetters, STYLES, type CellKind } from './cells.js';
import { FIT_TO_PAGE, pageSetup } from './print.js';
import { cutText, textCell } from './text.js';
import { filterRange } from './workbook.js';

/** The XML before and after the rows of a sheet. */

const NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** Column widths, in characters. */
const WIDTHS: Partial<Record<CellKind, number>> = { timestamp: 23, date: 11, time: 13, boolean: 7 };
const MIN_WIDTH = 7;
const MAX_WIDTH = 60;
/** Added to the width of the text, and for the filter's button in the heading. */
const PADDING = 1.5;
const BUTTON = 2.5;

const longestLine = (text: string): number => Math.max(...text.split(/\r\n|[\r\n]/).map((line) => line.length));

/** The width of each column, in characters of the default font: what a sample of rows and the heading need. */
export function columnWidths(columns: readonly ShownColumn[], sample: readonly RowBytes[]): number[] {
  const widths = columns.map(({ label }) => longestLine(label) + BUTTON);
  for (const row of fieldsOf(sample)) {
    for (const [index, { type, number }] of columns.entries()) {
      const text = row[index];
      if (typeof text !== 'string') continue;
      const width = WIDTHS[cellKind(type)] ?? longestLine(number === null ? text : numberText(text, number));
      widths[index] = Math.max(widths[index] ?? 0, width + PADDING);
    }
  }
  return widths.map((width) => Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
}

/** The XML up to and including the heading, which is frozen and has a filter. */
export function sheetHead(columns: readonly ShownColumn[], widths: readonly number[]): string {
  const cols = columns.map(
    (_, index) => `<col min="${index + 1}" max="${index + 1}" width="${widths[index] ?? MIN_WIDTH}" customWidth="1"/>`,
  );
  const cells = columns.map(({ label }, index) =>
    textCell(` r="${columnLetters(index)}1" s="${STYLES.heading}"`, cutText(label)),
  );
  return [
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${NAMESPACE}">`,
    FIT_TO_PAGE,
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
    '<selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="16"/>',
    `<cols>${cols.join('')}</cols><sheetData><row r="1">${cells.join('')}</row>`,
  ].join('');
}

/** @param rows including the heading */
export function sheetTail(outline: FileOutline<{ readonly widths: readonly number[] }>, rows: number): string {
  const { columns, layout } = outline;
  const filter = `<autoFilter ref="${filterRange(columns.length, rows)}"/>`;
  return `</sheetData>${filter}${pageSetup(outline, layout.widths)}</worksheet>`;
}
