import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import type { RowFacts } from '../content.js';

/** Records of a ZIP archive: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL_HEADER_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;

/** Counts the rows of an archive's sheets, and sums their ids; a row whose first value is not a number is a heading. */
export async function readXlsxRows(path: string): Promise<RowFacts> {
  let [rows, sum, isInOrder, last] = [0, 0, true, -Infinity];
  for (const { offset, packed } of await findSheets(path)) {
    const sheet = createReadStream(path, { start: offset, end: offset + packed - 1 }).pipe(createInflateRaw());
    for await (const row of rowsOf(sheet)) {
      // Values are in <v>; text is in <is>.
      const id = Number(/<v>([^<]*)</.exec(row)?.[1] ?? NaN);
      if (Number.isNaN(id)) continue;
      rows += 1;
      sum += id;
      isInOrder &&= id > last;
      last = id;
    }
  }
  return { rows, sum, isInOrder };
}

/** Yields the text between the starts of two rows; skips the text before the first one. */
async function* rowsOf(xml: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  let isBegun = false;
  for await (const chunk of xml) {
    const pieces = (rest + chunk.toString('latin1')).split('<row ');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      if (isBegun) yield piece;
      isBegun = true;
    }
  }
  if (isBegun) yield rest;
}

async function findSheets(path: string): Promise<{ readonly offset: number; readonly packed: number }[]> {
  const file = await open(path);
  try {
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const { size } = await file.stat();
    const end = await read(size - END_BYTES, END_BYTES);
    if (end.length < END_BYTES || end.readUInt32LE(0) !== END) throw new RangeError('no archive');
    const directory = await read(end.readUInt32LE(16), end.readUInt32LE(12));
    const sheets = [];
    for (let at = 0; at < directory.length;) {
      const [nameBytes, more] = [
        directory.readUInt16LE(at + 28),
        directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32),
      ];
      const name = directory.toString('utf8', at + CENTRAL_HEADER_BYTES, at + CENTRAL_HEADER_BYTES + nameBytes);
      if (/^xl\/worksheets\/[^/]+\.xml$/.test(name)) {
        const start = directory.readUInt32LE(at + 42);
        // The local header's extra field may have a different length.
        const local = await read(start, LOCAL_HEADER_BYTES);
        const offset = start + LOCAL_HEADER_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
        sheets.push({ offset, packed: directory.readUInt32LE(at + 20) });
      }
      at += CENTRAL_HEADER_BYTES + nameBytes + more;
    }
    return sheets;
  } finally {
    await file.close();
  }
}
