import Papa from 'papaparse';
import type { Texts } from '../datasets/compute.js';
import { csvSettings, DATE_FORMATS } from './csv-options.js';
import { isFormula } from './formulas.js';
import type { RowLane } from './format.js';

/**
 * CSV by the row lane. Papa Parse writes it, and by COPY's rule for quotes, so that both lanes give the same bytes:
 * what Papa would quote and COPY would not is put out of its sight. PostgreSQL's texts have no NUL, so marks begin with one.
 */

const NULL = '\0N';
/** Papa quotes blanks at either end. */
const EDGE = '\0E';
const BOM = '\ufeff';
/** Papa quotes byte order marks. */
const BOM_MARK = '\0B';
const MARKS = /\0[NEB]/g;
const BLANK = 0x20;

const createWriter: RowLane['createWriter'] = (columns, options) => {
  const { delimiter, null_text: nullText, quoting } = csvSettings(options);
  const meaning = (mark: string): string => (mark === NULL ? nullText : mark === BOM_MARK ? BOM : '');
  const quotesAll = quoting === 'all';
  const isAlone = columns.length === 1;
  const config: Papa.UnparseConfig = {
    delimiter,
    newline: '\n',
    // Text that is the same as null's, and COPY's end marker alone on its line.
    quotes: (text: string) => text !== NULL && (quotesAll || text === nullText || (isAlone && text === '\\.')),
  };
  const isMarked = (text: string | null): boolean =>
    text === null
      ? nullText !== ''
      : text.charCodeAt(0) === BLANK || text.charCodeAt(text.length - 1) === BLANK || text.includes(BOM);
  const marked = (text: string | null): string | null => {
    if (!isMarked(text)) return text;
    return text === null ? NULL : `${EDGE}${text.replaceAll(BOM, BOM_MARK)}${EDGE}`;
  };
  // Most rows have nothing to mark, and are not made twice.
  const cellsOf = (row: Texts): Texts => (row.some(isMarked) ? row.map(marked) : row);
  return (rows) => {
    if (rows.length === 0) return Buffer.alloc(0);
    const lines = Papa.unparse(rows.map(cellsOf), config);
    return Buffer.from(`${lines.includes('\0') ? lines.replace(MARKS, meaning) : lines}\n`);
  };
};

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
/** `DD.MM.YYYY` → `$3.$2.$1`. */
const datePattern = (format: string): string => format.replace('YYYY', '$1').replace('MM', '$2').replace('DD', '$3');

/** The same choices as `renderColumn` makes in SQL. */
const renderValue: RowLane['renderValue'] = (options) => {
  const { escape_formulas: escape, decimal_comma: comma, date_format: name } = csvSettings(options);
  const dates = DATE_FORMATS[name];
  const pattern = dates === null ? '$&' : datePattern(dates.date);
  return (text, type) => {
    switch (type) {
      case 'text':
        return escape && isFormula(text) ? `'${text}` : text;
      case 'numeric':
      case 'double precision':
        return comma ? text.replace('.', ',') : text;
      case 'date':
        return text.replace(DATE, pattern);
      default:
        return text;
    }
  };
};

export const csvRowLane = { createWriter, renderValue };
