import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import type { ObjectStore } from '../../shared/store/object-store.js';
import type { Reply } from '../support/recorded-store.js';
import { FINAL, OK, PASSING } from './recorded-answers.js';
import { RecordedAnswering, replyInTurn } from './recorded-answering.js';

const TARGET = { key: 'exports/a.csv', uploadId: 'VXBsb2Fk' };
const HEADERS = { contentType: 'text/csv', fileName: 'a.csv', metadata: {} };
const BODY = Buffer.from('id,name\n');
const PART = { partNumber: 1, body: BODY, crc32: crc32(BODY) };
const PARTS = [{ number: 1, etag: '"b54357faf0632cce46e942fa68356b38"', crc32: crc32(BODY) }];

describe('given recorded responses of other stores,', () => {
  const recorded = new RecordedAnswering();
  const answering = (reply: Reply): Promise<ObjectStore> => recorded.open(reply);
  afterEach(() => recorded.close());

  describe('an error', () => {
    for (const [name, answer] of Object.entries(PASSING)) {
      it(`is retryable if it may be temporary: ${name}`, async () => {
        const store = await answering(() => answer);
        const read = async (): Promise<void> => {
          for await (const _chunk of store.read(TARGET.key)) break;
        };
        // At the same time, because the client waits before it retries.
        await Promise.all([
          assert.rejects(read, { code: 'STORAGE_UNAVAILABLE' }),
          assert.rejects(store.completeUpload(TARGET, PARTS, crc32(BODY)), { code: 'STORAGE_UNAVAILABLE' }),
        ]);
      });
    }
    for (const [name, answer] of Object.entries(FINAL)) {
      it(`ends the export if it is permanent: ${name}`, async () => {
        const store = await answering(() => answer);
        await assert.rejects(store.createUpload(TARGET.key, HEADERS), { code: 'STORAGE_REFUSED' });
        await assert.rejects(store.uploadPart(TARGET, PART), { code: 'STORAGE_REFUSED' });
      });
    }

    it('is retryable if it is a bare 400 for HEAD, which Amazon sends for expired credentials', async () => {
      const store = await answering(() => ({ status: 400 }));
      await assert.rejects(store.head(TARGET.key), { code: 'STORAGE_UNAVAILABLE' });
    });

    it('is retried twice by the client if the store is busy', async () => {
      const store = await answering(
        replyInTurn(PASSING.SlowDown ?? OK.created, PASSING.InternalError ?? OK.created, OK.created),
      );
      assert.equal(await store.createUpload(TARGET.key, HEADERS), TARGET.uploadId);
      assert.equal(recorded.requests.length, 3);
    });

    it('makes the client use the store’s time if its own clock is wrong', async () => {
      const date = new Date(Date.now() + 3_600_000).toUTCString();
      const store = await answering(
        replyInTurn({ ...(PASSING.RequestTimeTooSkewed ?? OK.created), headers: { date } }, OK.created),
      );
      assert.equal(await store.createUpload(TARGET.key, HEADERS), TARGET.uploadId);
      const [first = '', second = ''] = recorded.headersSent('x-amz-date');
      assert(second > first.replace(/T(\d\d)/, (_, hour: string) => `T${hour}`), `${first} ${second}`);
    });

    // Without permission to list, Amazon returns 403 for missing objects, too.
    it('is not taken for a missing object if it is a 403 for HEAD', async () => {
      const store = await answering(() => ({ status: 403 }));
      await assert.rejects(store.head(TARGET.key), { code: 'STORAGE_REFUSED' });
    });
  });
});
