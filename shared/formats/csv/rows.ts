import Papa from 'papaparse';
import { csvSettings, DATE_FORMATS } from './options.js';
import { escapeValue } from '../formulas/escape.js';
import type { RowLane } from '../encoding.js';

/**
 * CSV by the row lane, byte for byte as COPY writes it. Papa Parse quotes; what has to be quoted is COPY's rule, which is
 * narrower than Papa's. PostgreSQL's texts have no NUL, so one tells the values apart that go to Papa together.
 */

const SEPARATOR = '\0';
const QUOTING: Papa.UnparseConfig = { delimiter: SEPARATOR, quotes: true };

const quoted = (texts: readonly string[]): string[] => Papa.unparse([texts], QUOTING).split(SEPARATOR);

const createWriter: RowLane['createWriter'] = (columns, options) => {
  const { delimiter, null_text: nullText, quoting } = csvSettings(options);
  const special = new RegExp(`["\\r\\n\\${delimiter}]`);
  const quotesAll = quoting === 'all';
  const isAlone = columns.length === 1;
  // Text that is the same as null's, too, and COPY's end marker alone on its line.
  const needsQuotes = (text: string): boolean =>
    quotesAll || text === nullText || special.test(text) || (isAlone && text === '\\.');

  return (rows) => {
    const cells: string[] = [];
    const places: number[] = [];
    for (const row of rows) {
      for (const text of row) {
        if (text !== null && needsQuotes(text)) places.push(cells.length);
        cells.push(text ?? nullText);
      }
    }
    if (places.length > 0) {
      const texts = quoted(places.map((place) => cells[place] ?? ''));
      places.forEach((place, index) => (cells[place] = texts[index] ?? ''));
    }
    let lines = '';
    for (let place = 0; place < cells.length; place++) {
      lines += `${cells[place] ?? ''}${(place + 1) % columns.length === 0 ? '\n' : delimiter}`;
    }
    return Buffer.from(lines);
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
      case 'jsonb':
        return escape ? escapeValue(text, type) : text;
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
