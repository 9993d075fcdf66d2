/**
 * Formulas within JSON documents in a CSV or TSV file. An apostrophe would change or break a document. Instead, in its
 * strings, the first character of a formula is written as an escape (`=` as `\u003d`), which JSON readers decode to the
 * same text. Outside strings, only negative numbers look like formulas; a space before them doesn't change the JSON.
 */

/** Characters that start a formula, and their JSON escapes. */
const STARTS = ['=', '+', '-', '@', '＝', '＋', '－', '＠'].map((start) => ({
  start,
  escaped: `\\u${start.charCodeAt(0).toString(16).padStart(4, '0')}`,
}));

/** Matches documents in which a program that splits them could find a formula. */
const SUSPICIOUS = String.raw`(?:^|[,;|\t\r\n])"{0,4}[=+@\uff1d\uff0b\uff0d\uff20-]| "{0,4}=`;
/** A string, or the text between strings. */
const TOKEN = String.raw`"(?:[^"\\]|\\.)*"|[^"]+`;
/** Where a cell can start in a string. Few programs split at spaces, and only `=` counts then. */
const cellStart = (start: string): string =>
  String.raw`(^"|[,;|${start === '=' ? ' ' : ''}])${start === '+' ? '\\+' : start}`;
const NEGATIVE = String.raw`([,\t\r\n])-`;

/** An SQL expression for the text of a document; null stays null. @param json SQL, a document's text */
export function escapeJsonSql(json: string): string {
  const string = STARTS.reduce(
    (sql, { start, escaped }) => `regexp_replace(${sql}, '${cellStart(start)}', '\\1\\${escaped}', 'g')`,
    'token[1]',
  );
  const token = `CASE WHEN token[1] LIKE '"%' THEN ${string} ELSE regexp_replace(token[1], '${NEGATIVE}', '\\1 -', 'g') END`;
  const tokens = `regexp_matches(${json}, '${TOKEN}', 'g') WITH ORDINALITY AS tokens (token, position)`;
  return `CASE WHEN ${json} ~ '${SUSPICIOUS}' THEN (SELECT string_agg(${token}, '' ORDER BY position) FROM ${tokens}) ELSE ${json} END`;
}

const SUSPICIOUS_PATTERN = new RegExp(SUSPICIOUS);
const TOKEN_PATTERN = new RegExp(TOKEN, 'gs');
const STRING_PATTERNS = STARTS.map(({ start, escaped }) => ({
  pattern: new RegExp(cellStart(start), 'g'),
  replacement: `$1${escaped}`,
}));
const NEGATIVE_PATTERN = new RegExp(NEGATIVE, 'g');

const escapeString = (string: string): string =>
  STRING_PATTERNS.reduce((text, { pattern, replacement }) => text.replace(pattern, replacement), string);

/** The same for documents in JavaScript. */
export const escapeJson = (json: string): string =>
  SUSPICIOUS_PATTERN.test(json)
    ? json.replace(TOKEN_PATTERN, (token) =>
        token.startsWith('"') ? escapeString(token) : token.replace(NEGATIVE_PATTERN, '$1 -'),
      )
    : json;
