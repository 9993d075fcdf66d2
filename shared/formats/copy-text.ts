import type { RenderColumn } from '../datasets/query.js';
import type { RowBytes, RowLane } from './encoding.js';
import type { FormatOptions } from './format-options.js';

/**
 * COPY's text format: tab-separated fields, a line feed after each row, `\N` for null, and backslash escapes. For
 * formats that transform each value. https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS
 */

export const copyTextSql = (select: string): string => `COPY (${select}) TO STDOUT`;

export const TAB = 0x09;
export const LF = 0x0a;
export const BACKSLASH = 0x5c;
/** The letter of `\N`, which marks null when it is the whole field. */
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

/** The character that a letter after a backslash stands for, by its code; any other stands for itself. */
export const UNESCAPED: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  const letter = String.fromCharCode(code);
  const [character] = Object.entries(ESCAPES).find(([, escape]) => escape === `\\${letter}`) ?? [letter];
  return character.charCodeAt(0);
});

export const copyTextField = (text: string | null): string =>
  text === null ? '\\N' : text.replace(ESCAPED, (character) => ESCAPES[character] ?? character);

/** The row lane of a format based on COPY's text. */
export const copyTextLane = (renderColumn: (options: FormatOptions) => RenderColumn): RowLane => ({
  renderColumn,
  renderValue: () => (text) => text,
  createWriter: () => (rows) => Buffer.from(rows.map((row) => `${row.map(copyTextField).join('\t')}\n`).join('')),
});

/**
 * Reassembles rows from chunks that split them anywhere. What `use` receives ends with a row, and is valid only until
 * the call returns. Each row's end is searched for once, no matter how many chunks it spans.
 */
export class WholeRows {
  readonly #use: (rows: Buffer) => Promise<void> | void;
  /** Chunks of a row whose end hasn't arrived yet. */
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

/** The values of complete rows; ignores an incomplete last row. Slow, so only for samples. */
export function fieldsOf(rows: readonly RowBytes[]): (string | null)[][] {
  const text = Buffer.concat(rows.map(({ bytes }) => bytes)).toString();
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.slice(0, -1).map((line) => line.split('\t').map(valueOf));
}

export const valueOf = (escaped: string): string | null =>
  escaped === '\\N'
    ? null
    : escaped.replace(/\\(.)/gs, (_, letter: string) => String.fromCharCode(UNESCAPED[letter.charCodeAt(0)] ?? 0));
