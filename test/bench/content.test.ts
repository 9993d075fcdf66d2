import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { readCsvRows, readLines, readUnpacked, type ContentReader } from '../../bench/content.js';
import { fingerprint } from '../../bench/fingerprint.js';
import { chunked } from './chunked.js';

/** The result must not depend on where chunks end. */
async function read(reader: ContentReader, text: string | Buffer): Promise<unknown> {
  const bytes = Buffer.from(text);
  const whole = await reader(chunked(bytes, bytes.length));
  for (const size of [1, 2, 3, 7]) assert.deepEqual(await reader(chunked(bytes, size)), whole);
  return whole;
}

describe('the content of a benchmark’s file', () => {
  it('is the same for CSV from any writer, with line ends and quotes in the text', async () => {
    const found = { rows: 3, sum: 23, isInOrder: true };
    assert.deepEqual(await read(readCsvRows, '4,a\n7,"b\n99,""c"""\n12,\n'), found);
    assert.deepEqual(await read(readCsvRows, 'id,note\r\n4,a\r\n7,"b\n99"\r\n12,'), found);
    const rows = [4, 7, 12].map((id) => ({ id, note: 'Call "Tom" first,\n5 times', at: new Date(0) }));
    assert.deepEqual(await read(readCsvRows, Papa.unparse(rows)), found);
  });

  it('is the same for JSON lines, even if text ends with escaped quotes', async () => {
    const found = { rows: 2, sum: 12, isInOrder: true };
    assert.deepEqual(await read(readLines, '{"id":5,"note":"\\"9"}\n{"id":7,"note":"8\\n9"}\n'), found);
  });

  it('reveals a row that is missing, duplicated, or out of order', async () => {
    const right = await read(readCsvRows, '1,a\n2,b\n3,c\n');
    for (const wrong of ['1,a\n3,c\n', '1,a\n2,b\n2,b\n', '1,a\n3,c\n2,b\n', '']) {
      assert.notDeepEqual(await read(readCsvRows, wrong), right);
    }
  });

  it('is read from a gzip file, and only from a complete one', async () => {
    const plain = Buffer.from('1,a\n2,b\n');
    const packed = gzipSync(plain);
    assert.deepEqual(await read(readUnpacked, packed), await fingerprint(chunked(plain, 4)));
    await assert.rejects(readUnpacked(chunked(packed.subarray(0, -1), 5)), /unexpected end of file/);
    await assert.rejects(readUnpacked(chunked(plain, 5)), /incorrect header check/);
  });
});
