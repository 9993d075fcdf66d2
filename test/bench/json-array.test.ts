import assert from 'node:assert/strict';
import { jsonArrayOf } from '../../bench/json-array.js';
import { chunked } from './chunked.js';

describe('a JSON array made from JSON lines', () => {
  const arrayOf = async (lines: string, size: number): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of jsonArrayOf(chunked(Buffer.from(lines), size))) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  it('has a comma before every item except the first, wherever chunks end', async () => {
    for (let size = 1; size < 30; size += 1) {
      assert.equal(await arrayOf('{"a":"ü"}\n{"a":2}\n{"a":3}\n', size), '[{"a":"ü"}\n,{"a":2}\n,{"a":3}\n]\n');
    }
  });

  it('is empty without lines', async () => {
    assert.equal(await arrayOf('', 1), '[]\n');
  });
});
