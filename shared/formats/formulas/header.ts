import { FormulaEncoder, type FormulaDialect } from './encoder.js';
import { escapeStart } from './escape.js';

/** Without a byte-order mark, which programs drop from the beginning of a file. */
export const withoutMark = (header: string): string => header.replace(/^\ufeff/, '');

/**
 * A header as programs read it from a file with escaped formulas.
 * @param quotesAll whether the file quotes what doesn't need it, too
 */
export function escapeHeader(header: string, dialect: FormulaDialect, quotesAll = false): string {
  const text = escapeStart(header);
  const isQuoted = quotesAll || (dialect.quotes && (text.includes('"') || text.includes(dialect.delimiter)));
  const field = isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
  const escaped = FormulaEncoder.escape(field, dialect);
  return withoutMark(isQuoted ? escaped.slice(1, -1).replaceAll('""', '"') : escaped);
}
