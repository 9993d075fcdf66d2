/** What escaping formulas promises, said of a value and not of the bytes of a file. */

const STARTS = '[=+@\\uff1d\\uff0b\\uff0d\\uff20-]';
const NUMBER = String.raw`(?<=,)[+-](?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const NUMBER_ENDS = String.raw`[,)\]}]`;
const AT_START = /^(\ufeff?"{0,4})(?=[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-])/;

interface Value {
  readonly delimiter: string;
  /** Quotes that a program may drop between a separator and a formula. */
  readonly quotes: number;
  /** Whether the file has it in quotes. */
  readonly isQuoted: boolean;
}

/** With apostrophes behind separators within it. */
export function escapedWithin(text: string, { delimiter, quotes, isQuoted }: Value): string {
  const separators = `[,;|\\t\\r\\n${delimiter === ' ' ? ' ' : `\\${delimiter}`}]`;
  const numberEnds = isQuoted ? `${NUMBER_ENDS}|[\\r\\n]|$` : NUMBER_ENDS;
  const behindSeparator = `(?<=${separators}"{0,${quotes}})(?!${NUMBER}(?=${numberEnds}))(?=${STARTS})`;
  const behindBlank = delimiter === ' ' ? '' : `|(?<= "{0,${quotes}})(?==[^\\0-\\x20])`;
  return text.replaceAll(new RegExp(`${behindSeparator}${behindBlank}`, 'g'), "'");
}

/** As a CSV with commas has it. */
export const escapedText = (text: string): string =>
  escapedWithin(text.replace(AT_START, "$1'"), { delimiter: ',', quotes: 2, isQuoted: true });
