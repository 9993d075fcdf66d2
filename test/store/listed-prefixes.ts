import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '../../shared/store/object-store.js';
import { deeply } from '../support/depth.js';

import { putChunks } from './put-chunks.js';

const SMALL = Buffer.from('id,name\n1,Åsa\n');

/** What the service expects of the objects with a prefix. */
export function listedPrefixes(open: () => ObjectStore): void {
  describe('a prefix', () => {
    it('lists its objects in key order, with their age', async () => {
      const store = open();
      const prefix = `tmp/${randomUUID()}/`;
      for (const piece of ['1-2-1', '1-0-1', '1-10-1']) await putChunks(store, `${prefix}${piece}`, SMALL);
      const listed = await store.list(prefix);
      assert.deepEqual(
        listed.map(({ key: at }) => at),
        ['1-0-1', '1-10-1', '1-2-1'].map((piece) => `${prefix}${piece}`),
      );
      for (const { modifiedAt } of listed) assert(Math.abs(Date.now() - modifiedAt.getTime()) < 60_000);
      await store.deleteAll(prefix);
      assert.deepEqual(await store.list(prefix), []);
      await store.deleteAll(prefix);
    });

    deeply('is deleted completely, however many pages it has; other prefixes are kept', async function () {
      this.timeout(120_000);
      const store = open();
      const prefix = `tmp/${randomUUID()}`;
      const keys = Array.from({ length: 1005 }, (_, at) => `${prefix}/1-${at}-1`);
      for (let at = 0; at < keys.length; at += 50) {
        await Promise.all(keys.slice(at, at + 50).map((piece) => putChunks(store, piece, SMALL)));
      }
      await putChunks(store, `${prefix}-other/1-0-1`, SMALL);
      await store.deleteAll(`${prefix}/`);
      assert.deepEqual(await store.list(`${prefix}/`), []);
      assert.equal((await store.list(`${prefix}-other/`)).length, 1);
      await store.deleteAll(`${prefix}-other/`);
    });
  });
}
