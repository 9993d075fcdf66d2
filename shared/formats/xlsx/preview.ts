import type { ShownColumn } from '../../datasets/shown-columns.js';
import { numberText } from '../number-text.js';
import { asRendered, labelsOf, showEach, type FormatPreview } from '../preview.js';
import { cellKind, MAX_CELL_TEXT } from './cells.js';
import { isExactNumber } from './numbers.js';

const OFFSET = /[+-]\d\d(:\d\d)*( BC)?$/;

/** The contents of cells. A spreadsheet may show dates and numbers as its locale writes them. */
function cellText(text: string, { type, number }: ShownColumn): string {
  switch (cellKind(type)) {
    case 'boolean':
      return text === 't' ? 'TRUE' : 'FALSE';
    case 'timestamp':
      return type === 'timestamptz' ? text.replace(OFFSET, '$2') : text;
    case 'exact':
      // A cell can't hold other numbers, so they are text.
      return number === null || !isExactNumber(text) ? text : numberText(text, number);
    case 'double':
      return number === null ? text : numberText(text, number);
    default:
      return text.slice(0, MAX_CELL_TEXT);
  }
}

export const xlsxPreview: FormatPreview = {
  ...asRendered,
  headers: labelsOf,
  show: (columns) =>
    showEach((text, index) => {
      const column = columns[index];
      return column === undefined ? text : cellText(text, column);
    }),
};
