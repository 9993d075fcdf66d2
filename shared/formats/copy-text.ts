import type { RenderColumn } from '../datasets/query.js';
import type { RowBytes, RowLane } from './encoding.js';
import type { FormatOptions } from './format-options.js';

/**
 * COPY's text format: fields between tabs, rows ended by a line feed, `\N` for null, and backslashes before what would
 * be mistaken. For formats that make something else of each value.
 * https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS
 */

export const copyTextSql = (select: string): string => `COPY (${select}) TO STDOUT`;

export const TAB = 0x09;
export const LF = 0x0a;
export const BACKSLASH = 0x5c;
/** After a backslash, and a whole field: null. */
export const NULL_MARK = 0x4e;

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\\': '\\\\',
};
const ESCAPED = /[\b\t\n\v\f\r\\]/g;

/** What a letter after a backslash stands for; any other stands for itself. By its code. */
export const UNESCAPED: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  const letter = String.fromCharCode(code);
  const [character] = Object.entries(ESCAPES).find(([, escape]) => escape === `\\${letter}`) ?? [letter];
  return character.charCodeAt(0);
});

export const copyTextField = (text: string | null): string =>
  text === null ? '\\N' : text.replace(ESCAPED, (character) => ESCAPES[character] ?? character);

/** The row lane of such a format. */
export const copyTextLane = (renderColumn: (options: FormatOptions) => RenderColumn): RowLane => ({
  renderColumn,
  renderValue: () => (text) => text,
  createWriter: () => (rows) => Buffer.from(rows.map((row) => `${row.map(copyTextField).join('\t')}\n`).join('')),
});

/**
 * Puts rows together that come broken anywhere. What `use` gets ends with a row, and is valid only until it is done.
 * A row is searched for its end once, however many pieces it comes in.
 */
export class WholeRows {
  readonly #use: (rows: Buffer) => Promise<void> | void;
  /** Of a row whose end has not come yet. */
  #pieces: Buffer[] = [];

  constructor(use: (rows: Buffer) => Promise<void> | void) {
    this.#use = use;
  }

  add({ bytes, rows }: RowBytes): Promise<void> | void {
    if (rows === 0) {
      if (bytes.length > 0) this.#pieces.push(Buffer.from(bytes));
      return;
    }
    const end = bytes.lastIndexOf(LF) + 1;
    const whole = bytes.subarray(0, end);
    const begun = this.#pieces;
    this.#pieces = end < bytes.length ? [Buffer.from(bytes.subarray(end))] : [];
    return this.#use(begun.length === 0 ? whole : Buffer.concat([...begun, whole]));
  }
}

/** The values of rows, whole ones only. For samples: not fast. */
export function fieldsOf(rows: readonly RowBytes[]): (string | null)[][] {
  const text = Buffer.concat(rows.map(({ bytes }) => bytes)).toString();
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.slice(0, -1).map((line) => line.split('\t').map(valueOf));
}

export const valueOf = (escaped: string): string | null =>
  escaped === '\\N'
    ? null
    : escaped.replace(/\\(.)/gs, (_, letter: string) => String.fromCharCode(UNESCAPED[letter.charCodeAt(0)] ?? 0));
