import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { crc32 } from 'node:zlib';
import { createSink } from '../../bench/sink/server.js';
import { crc32Base64 } from '../../shared/plan/crc32.js';
import { openObjectStore, type OpenedObjectStore } from '../../shared/startup/open-object-store.js';

const MIB = 1024 ** 2;
const HEADERS = { contentType: 'text/csv', fileName: 'orders.csv', metadata: { 'job-id': 'j', generation: '1' } };

describe('the discarding sink', () => {
  let sink: Server;
  let opened: OpenedObjectStore;

  before(async () => {
    sink = createSink();
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    const address = sink.address();
    assert.ok(typeof address === 'object' && address !== null);
    opened = openObjectStore({
      S3_ENDPOINT: `http://127.0.0.1:${address.port}`,
      S3_PUBLIC_ENDPOINT: undefined,
      S3_REGION: 'us-east-1',
      EXPORT_BUCKET: 'anything',
    });
  });
  after(() => {
    opened.close();
    sink.close();
  });

  async function uploadOf(key: string, bodies: readonly Buffer[]) {
    const { store } = opened;
    const target = { key, uploadId: await store.createUpload(key, HEADERS) };
    const parts: { number: number; etag: string; crc32: number }[] = [];
    for (const [index, body] of bodies.entries()) {
      const etag = await store.uploadPart(target, { partNumber: index + 1, body, crc32: crc32(body) });
      parts.push({ number: index + 1, etag: etag ?? '', crc32: crc32(body) });
    }
    return { target, parts };
  }

  it('keeps the size, the checksum and the metadata of a file whose parts it has discarded', async () => {
    const { store } = opened;
    const { target, parts } = await uploadOf('exports/a.csv', [Buffer.alloc(8 * MIB), Buffer.alloc(100)]);
    assert.deepEqual(
      (await store.listParts(target.key, target.uploadId))?.map(({ number, size }) => [number, size]),
      [
        [1, 8 * MIB],
        [2, 100],
      ],
    );
    assert.equal(await store.completeUpload(target, parts, 0x01020304), 'completed');
    assert.deepEqual(await store.head('exports/a.csv'), {
      size: 8 * MIB + 100,
      crc32: crc32Base64(0x01020304),
      metadata: HEADERS.metadata,
    });
  });

  it('never completes a second file under the same key', async () => {
    const { store } = opened;
    const first = await uploadOf('exports/b.csv', [Buffer.alloc(10)]);
    assert.equal(await store.completeUpload(first.target, first.parts, 1), 'completed');
    assert.equal(await store.completeUpload(first.target, first.parts, 1), 'unclear');
    const second = await uploadOf('exports/b.csv', [Buffer.alloc(10)]);
    assert.equal(await store.completeUpload(second.target, second.parts, 1), 'unclear');
    await store.abortUploadsOf('exports/b.csv');
    assert.equal(await store.hasUpload(second.target.key, second.target.uploadId), false);
    assert.equal(await store.uploadPart(second.target, { partNumber: 1, body: Buffer.alloc(1), crc32: 0 }), null);
  });

  it('rejects a completion with a different part than the uploaded one', async () => {
    const { store } = opened;
    const { target } = await uploadOf('exports/c.csv', [Buffer.alloc(10)]);
    await assert.rejects(store.completeUpload(target, [{ number: 1, etag: '"else"', crc32: 1 }], 1), {
      code: 'STORAGE_REFUSED',
    });
  });

  it('keeps small objects until they are deleted, because the service reads them again', async () => {
    const { store } = opened;
    const body = Buffer.from('held, with <&> and "quotes"');
    const signal = new AbortController().signal;
    await store.putStream('tmp/j/1-0-1', [body], signal);
    const chunks: Buffer[] = [];
    for await (const chunk of store.read('tmp/j/1-0-1')) chunks.push(chunk);
    assert.deepEqual(Buffer.concat(chunks), body);
    assert.deepEqual(
      (await store.list('tmp/j/')).map(({ key }) => key),
      ['tmp/j/1-0-1'],
    );
    await store.deleteAll('tmp/j/');
    assert.deepEqual(await store.list('tmp/'), []);
    assert.equal(await store.head('tmp/j/1-0-1'), null);
  });
});
