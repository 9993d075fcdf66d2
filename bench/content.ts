import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { fingerprint } from './fingerprint.js';

/** What was found in a file. */
export type Facts = Readonly<Record<string, string | number | boolean>>;
/** Reads a file to its end. */
export type ContentReader = (bytes: AsyncIterable<Uint8Array>) => Promise<Facts>;

/** Size and CRC-32 of what a gzip file holds. */
export const readUnpacked: ContentReader = (bytes) =>
  pipeline(bytes, createGunzip(), async (plain: AsyncIterable<Uint8Array>) => ({ ...(await fingerprint(plain)) }));

/** What a file of rows whose first value is their number tells; any two formats of the same rows agree on it. */
export interface RowFacts extends Facts {
  readonly rows: number;
  /** All numbers added up: none is missing for another that is there twice. */
  readonly sum: number;
  readonly isInOrder: boolean;
}

const [NEWLINE, QUOTE, ZERO, NINE] = ['\n', '"', '0', '9'].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];

/** A row ends at a line's end outside of quotes; its number is its first digits. A row without any is a heading. */
async function readRows(bytes: AsyncIterable<Uint8Array>, { hasQuotes }: { hasQuotes: boolean }): Promise<RowFacts> {
  let [rows, sum, isInOrder, last] = [0, 0, true, -Infinity];
  let isQuoted = false;
  let number = -1;
  let isNumberOver = false;
  const endRow = (): void => {
    if (number >= 0) {
      rows += 1;
      sum += number;
      isInOrder &&= number > last;
      last = number;
    }
    number = -1;
    isNumberOver = false;
  };
  for await (const chunk of bytes) {
    for (const byte of chunk) {
      if (byte === QUOTE && hasQuotes) isQuoted = !isQuoted;
      else if (byte === NEWLINE && !isQuoted) endRow();
      else if (isNumberOver) continue;
      else if (byte >= ZERO && byte <= NINE) number = Math.max(0, number) * 10 + byte - ZERO;
      else if (number >= 0) isNumberOver = true;
    }
  }
  endRow();
  return { rows, sum, isInOrder };
}

/** CSV of any writer: with or without a heading, with any line ends. */
export const readCsvRows: ContentReader = (bytes) => readRows(bytes, { hasQuotes: true });
/** NDJSON: a line's end in a text is escaped, and so are quotes. */
export const readLines: ContentReader = (bytes) => readRows(bytes, { hasQuotes: false });
