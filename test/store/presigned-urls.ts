import assert from 'node:assert/strict';
import type { ObjectStore } from '../../shared/store/object-store.js';

import { putChunks } from './put-chunks.js';

const SMALL = Buffer.from('id,name\n1,Åsa\n');

/** What the service expects of the URLs that it signs. */
export function presignedUrls(at: () => { readonly store: ObjectStore; readonly key: string }): void {
  describe('a presigned URL', () => {
    const sign = (options: { method?: 'GET' | 'HEAD'; seconds?: number; signedAt?: Date } = {}) =>
      at().store.presign(at().key, {
        ...{ method: 'GET', fileName: 'o.csv', signedAt: new Date(), seconds: 60 },
        ...options,
      });
    const putSmall = (): Promise<void> => putChunks(at().store, at().key, SMALL);

    it('returns the file, its name and ranges of it, only with the method it was signed for', async () => {
      await putSmall();
      const whole = await fetch(await sign());
      assert.equal(whole.status, 200);
      assert.equal(whole.headers.get('content-disposition'), 'attachment; filename="o.csv"');
      assert(Buffer.from(await whole.arrayBuffer()).equals(SMALL));
      const range = await fetch(await sign(), { headers: { range: 'bytes=3-6' } });
      assert.deepEqual({ status: range.status, text: await range.text() }, { status: 206, text: 'name' });
      const head = await fetch(await sign({ method: 'HEAD' }), { method: 'HEAD' });
      assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(SMALL.length)]);
      assert.equal((await fetch(await sign({ method: 'HEAD' }))).status, 403);
      assert.equal((await fetch(await sign(), { method: 'HEAD' })).status, 403);
    });

    it('returns a name in any script, next to one in ASCII', async () => {
      await putSmall();
      const names = { fileName: 'заказы-山-(ü).csv', asciiName: 'orders.csv' };
      const signed = await at().store.presign(at().key, { method: 'GET', ...names, signedAt: new Date(), seconds: 60 });
      const answer = await fetch(signed);
      await answer.arrayBuffer();
      assert.equal(
        answer.headers.get('content-disposition'),
        `attachment; filename="orders.csv"; filename*=UTF-8''${encodeURIComponent('заказы-山-')}%28%C3%BC%29.csv`,
      );
    });

    it('needs no header except the host, so any client can use it', async () => {
      const { searchParams } = new URL(await sign());
      assert.equal(searchParams.get('X-Amz-SignedHeaders'), 'host');
    });

    it('is rejected if it has expired or was changed, and returns 404 without a file', async () => {
      assert.equal((await fetch(await sign())).status, 404);
      await putSmall();
      const old = await sign({ signedAt: new Date(Date.now() - 61_000) });
      assert.equal((await fetch(old)).status, 403);
      const changed = (await sign()).replace(/.$/, (last) => (last === '0' ? '1' : '0'));
      assert.equal((await fetch(changed)).status, 403);
      assert.equal((await fetch((await sign()).replace('o.csv', 'x.csv'))).status, 403);
    });
  });
}
