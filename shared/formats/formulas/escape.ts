import type { ComputedType } from '../../datasets/computed.js';
import type { ColumnType } from '../../datasets/define-dataset.js';
import type { RenderedColumn } from '../../datasets/query.js';
import { escapeJson, escapeJsonSql } from './json.js';

/**
 * Finds text that a spreadsheet would run when it opens a CSV or TSV file, and prefixes it with an apostrophe. A
 * program may split the file in unintended positions: at semicolons, at tabs, at every line break. So a cell can start
 * at the start of a value, which is handled here, or after a separator within it: see encoder.ts. docs/formats.md lists
 * what is covered.
 */

/**
 * First characters that make a spreadsheet run a cell: = + - @, tab, CR, LF, and the full-width forms of the first
 * four (OWASP, CSV Injection). As code points, for PostgreSQL's `ascii()`.
 */
const FORMULA_STARTS = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d, 0x0a, 0xff1d, 0xff0b, 0xff0d, 0xff20];

/** Characters that a program may drop before a formula: a byte-order mark, and the quotes around a value. */
const DROPPED = [0xfeff, 0x22];

/** The same pattern for PostgreSQL and JavaScript. */
const START = String.raw`^(\ufeff?"{0,4})([=+@\t\r\n\uff1d\uff0b\uff0d\uff20-])`;
const START_PATTERN = new RegExp(START);

/** An SQL expression that puts an apostrophe before a text that begins like a formula; null stays null. */
const escapeStartSql = (text: string): string =>
  // ascii() is the code point of the first character, and 0 for empty text. It spares most values the regular
  // expression, which needs COLLATE "C" because some collations don't support it.
  `CASE WHEN ascii(${text}) IN (${[...FORMULA_STARTS, ...DROPPED].join(', ')}) ` +
  String.raw`THEN regexp_replace(${text} COLLATE "C", '${START}', '\1''\2') ELSE ${text} END`;

/** The same for JavaScript strings. */
export const escapeStart = (text: string): string => text.replace(START_PATTERN, "$1'$2");

/** Types that may hold user text, as the text that COPY writes. */
const AS_TEXT: Partial<Record<ColumnType, (quoted: string) => string>> = {
  text: (quoted) => `${quoted}::text`,
  // A cast would drop the padding of a char(n); its own output function keeps it.
  char: (quoted) => `textin(bpcharout(${quoted}))`,
  // A type's cast may differ from its output, which format() uses. But format() turns null into empty text, and
  // `IS NULL` is true for a row of nulls.
  other: (quoted) => `CASE WHEN num_nulls(${quoted}) = 0 THEN format('%s', ${quoted}) END`,
};

/** A column escaped by PostgreSQL. Only text: escaping would turn the number -5.20 or the interval -1 day into text. */
export function escapeColumnSql(quoted: string, { type }: Pick<RenderedColumn, 'type'>): string {
  if (type === 'json' || type === 'jsonb') return escapeJsonSql(`${quoted}::text`);
  const text = AS_TEXT[type]?.(quoted);
  return text === undefined ? quoted : escapeStartSql(text);
}

/** The same for the text of a computed value. */
export function escapeValue(text: string, type: ComputedType): string {
  if (type === 'text') return escapeStart(text);
  return type === 'jsonb' ? escapeJson(text) : text;
}
