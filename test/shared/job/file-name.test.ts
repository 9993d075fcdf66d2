import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileName, fileNames } from '../../../shared/job/file-name.js';

const job = {
  ...{ jobId: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60', type: 'orders', format: 'CSV', options: {} },
  createdAt: '2026-11-22T10:11:12.345Z',
};

/** A name, the beginning of the file's name, and the same in ASCII. */
const NAMES: readonly (readonly [string | null, string, string])[] = [
  [null, 'orders', 'orders'],
  ['Paid orders, Q3', 'Paid-orders-Q3', 'Paid-orders-Q3'],
  ['Zoë’s Café', 'Zoë-s-Café', 'Zoe-s-Cafe'],
  ['Zoe\u0308', 'Zoë', 'Zoe'],
  ['../../etc/passwd', 'etc-passwd', 'etc-passwd'],
  ['заказы 山', 'заказы-山', 'orders'],
  ['Заказы Q3', 'Заказы-Q3', 'Q3'],
  ['"; rm -rf /', 'rm-rf', 'rm-rf'],
  ['👩‍🚀', 'orders', 'orders'],
  ['\u202efdp.csv', 'fdp-csv', 'fdp-csv'],
];

describe("a file's name", () => {
  for (const [name, words, ascii] of NAMES) {
    it(`starts with ${words}, or ${ascii} in ASCII, for an export named ${JSON.stringify(name)}`, () => {
      assert.deepEqual(fileNames({ ...job, name }), {
        fileName: `${words}-2026-11-22-2a4f5e60.csv`,
        asciiName: `${ascii}-2026-11-22-2a4f5e60.csv`,
      });
    });
  }

  it('has only characters that are safe in headers and file systems, and at most 255 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (name) => {
        const names = fileNames({ ...job, name });
        assert.match(names.fileName, /^[\p{L}\p{M}\p{N}_-]{1,60}-2026-11-22-2a4f5e60\.csv$/u);
        assert.match(names.asciiName, /^[A-Za-z0-9][A-Za-z0-9_-]{0,60}-2026-11-22-2a4f5e60\.csv$/);
      }),
    );
    const long = fileName({ ...job, name: '𒀀'.repeat(100), format: 'NDJSON', options: { compression: 'gzip' } });
    assert.ok(Buffer.byteLength(long) > 200 && Buffer.byteLength(long) <= 255, long);
  });
});
