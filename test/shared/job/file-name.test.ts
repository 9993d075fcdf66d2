import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileName } from '../../../shared/job/file-name.js';

const job = {
  ...{ jobId: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60', type: 'orders', format: 'CSV', options: {} },
  createdAt: '2026-11-22T10:11:12.345Z',
};

const NAMES: readonly (readonly [string | null, string])[] = [
  [null, 'orders'],
  ['Paid orders, Q3', 'Paid-orders-Q3'],
  ['Zoë’s Café', 'Zoe-s-Cafe'],
  ['../../etc/passwd', 'etc-passwd'],
  ['заказы 山', 'orders'],
  ['"; rm -rf /', 'rm-rf'],
];

describe("a file's name", () => {
  for (const [name, words] of NAMES) {
    it(`starts with ${words} for an export named ${JSON.stringify(name)}`, () => {
      assert.equal(fileName({ ...job, name }), `${words}-2026-11-22-2a4f5e60.csv`);
    });
  }

  it('has only characters that are safe in headers and file systems, and is never long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (name) => {
        assert.match(fileName({ ...job, name }), /^[A-Za-z0-9][A-Za-z0-9_-]{0,60}-2026-11-22-2a4f5e60\.csv$/);
      }),
    );
  });
});
