import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { fingerprint } from './fingerprint.js';

/** Facts found in a file. */
export type Facts = Readonly<Record<string, string | number | boolean>>;
/** Reads a file to its end and collects facts. */
export type ContentReader = (bytes: AsyncIterable<Uint8Array>) => Promise<Facts>;

/** Size and CRC-32 of a gzip file's contents. */
export const readUnpacked: ContentReader = (bytes) =>
  pipeline(bytes, createGunzip(), async (plain: AsyncIterable<Uint8Array>) => ({ ...(await fingerprint(plain)) }));

/** Facts about a file of rows that start with their number. They are the same for any two formats of the same rows. */
export interface RowFacts extends Facts {
  readonly rows: number;
  /** The sum of all numbers, which detects a row that replaces another. */
  readonly sum: number;
  readonly isInOrder: boolean;
}

const [NEWLINE, QUOTE, ZERO, NINE] = ['\n', '"', '0', '9'].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];

/** A row ends at a line end outside quotes; its number is its first digits. A row without digits is a heading. */
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

/** CSV from any program: with or without a heading, with any line ends. */
export const readCsvRows: ContentReader = (bytes) => readRows(bytes, { hasQuotes: true });
/** NDJSON: line ends and quotes in text are escaped. */
export const readLines: ContentReader = (bytes) => readRows(bytes, { hasQuotes: false });
