/** The promise of formula escaping, expressed for single values instead of a file's bytes. */

const STARTS = '[=+@\\uff1d\\uff0b\\uff0d\\uff20-]';
const NUMBER = String.raw`(?<=,)[+-](?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const NUMBER_ENDS = String.raw`[,)\]}]`;
const AT_START = /^(\ufeff?"{0,4})(?=[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-])/;

interface Value {
  readonly delimiter: string;
  /** Number of quotes that a program may skip between a separator and a formula. */
  readonly quotes: number;
  /** Whether the file quotes the value. */
  readonly isQuoted: boolean;
}

/** Adds an apostrophe after each separator within the value that precedes a formula. */
export function escapedWithin(text: string, { delimiter, quotes, isQuoted }: Value): string {
  const separators = `[,;|\\t\\r\\n${delimiter === ' ' ? ' ' : `\\${delimiter}`}]`;
  const numberEnds = isQuoted ? `${NUMBER_ENDS}|[\\r\\n]|$` : NUMBER_ENDS;
  const behindSeparator = `(?<=${separators}"{0,${quotes}})(?!${NUMBER}(?=${numberEnds}))(?=${STARTS})`;
  const behindBlank = delimiter === ' ' ? '' : `|(?<= "{0,${quotes}})(?==[^\\0-\\x20])`;
  return text.replaceAll(new RegExp(`${behindSeparator}${behindBlank}`, 'g'), "'");
}

/** The value as escaped in a CSV with commas. */
export const escapedText = (text: string): string =>
  escapedWithin(text.replace(AT_START, "$1'"), { delimiter: ',', quotes: 2, isQuoted: true });
