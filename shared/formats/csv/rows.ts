import { createLineWriter } from './lines.js';
import { csvSettings, DATE_FORMATS } from './options.js';
import { escapeValue } from '../formulas/escape.js';
import type { RowLane } from '../encoding.js';

/** CSV from the row lane: the same bytes that COPY writes in the text lane. */

const createWriter: RowLane['createWriter'] = (columns, options) => {
  const write = createLineWriter(columns.length, csvSettings(options));
  return (rows) => Buffer.from(`${write(rows)}\n`);
};

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
/** `DD.MM.YYYY` → `$3.$2.$1`. */
const datePattern = (format: string): string => format.replace('YYYY', '$1').replace('MM', '$2').replace('DD', '$3');

/** Renders values as `renderColumn` does in SQL. */
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
