import { asRendered, labelsOf, showEach, type FormatPreview } from '../preview.js';
import { kindOf, shownText } from './cells.js';

/** Whole values, also those that the page clips. */
export const pdfPreview: FormatPreview = {
  ...asRendered,
  headers: labelsOf,
  show: (columns) =>
    showEach((text, index) => {
      const column = columns[index];
      return column === undefined ? text : shownText(text, kindOf(column.type), column.number);
    }),
};
