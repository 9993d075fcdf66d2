import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32Base64 } from '../../shared/plan/crc32.js';
import type { ObjectStore } from '../../shared/store/object-store.js';
import type { RecordedAnswer, Reply } from '../support/recorded-store.js';
import {
  COMPLETED_LATE,
  CONFLICT,
  DELETED_BEFORE,
  FAILED_LATE,
  NO_SUCH_UPLOAD,
  OBJECT_CHECKSUM_REFUSALS,
  OK,
  PRECONDITION_FAILED,
  REFUSALS,
  UNEQUAL_PARTS,
} from './recorded-answers.js';
import { RecordedAnswering, replyInTurn } from './recorded-answering.js';

const TARGET = { key: 'exports/a.csv', uploadId: 'VXBsb2Fk' };
const HEADERS = { contentType: 'text/csv', fileName: 'a.csv', metadata: {} };
const BODY = Buffer.from('id,name\n');
const PART = { partNumber: 1, body: BODY, crc32: crc32(BODY) };
const PARTS = [{ number: 1, etag: '"b54357faf0632cce46e942fa68356b38"', crc32: crc32(BODY) }];
const SUM = crc32(BODY);

describe('given recorded responses of other stores,', () => {
  const recorded = new RecordedAnswering();
  const answering = (reply: Reply): Promise<ObjectStore> => recorded.open(reply);
  afterEach(() => recorded.close());
  const operations = (): string[] => recorded.requests.map(({ operation }) => operation);
  describe('completing an upload', () => {
    for (const [name, answer] of Object.entries(COMPLETED_LATE)) {
      it(`reads success from ${name}`, async () => {
        const store = await answering(() => answer);
        assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'completed');
      });
    }
    for (const [name, answer] of Object.entries(FAILED_LATE)) {
      it(`treats ${name} in a 200 response as a retryable error`, async () => {
        const store = await answering(() => answer);
        await assert.rejects(store.completeUpload(TARGET, PARTS, SUM), { code: 'STORAGE_UNAVAILABLE' });
      });
    }

    it('uses HEAD to settle a missing upload or an existing object', async () => {
      const store = await answering(replyInTurn(NO_SUCH_UPLOAD, PRECONDITION_FAILED));
      for (let time = 0; time < 2; time++) assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'unclear');
    });

    it('can be retried after a conflict with another request', async () => {
      const store = await answering(() => CONFLICT);
      await assert.rejects(store.completeUpload(TARGET, PARTS, SUM), { code: 'STORAGE_UNAVAILABLE' });
    });

    it('fails permanently if parts must have one size', async () => {
      const store = await answering(() => UNEQUAL_PARTS);
      await assert.rejects(store.completeUpload(TARGET, PARTS, SUM), {
        code: 'STORAGE_REFUSED',
        message: /same length/,
      });
    });

    it('checks for the object first if If-None-Match is rejected, and remembers it', async () => {
      let exists = false;
      const store = await answering(({ operation, headers }) => {
        if (operation === 'HeadObject')
          return exists ? { status: 200, headers: { 'content-length': '8' } } : { status: 404 };
        return headers['if-none-match'] === undefined ? OK.completed : REFUSALS.createOnly;
      });
      assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'completed');
      const before = recorded.requests.length;
      exists = true;
      assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'unclear');
      assert.deepEqual(operations().slice(before), ['HeadObject']);
    });

    it('keeps sending If-None-Match after a rejection for another reason', async () => {
      let isDone = true;
      const store = await answering(({ operation }) => {
        if (operation === 'HeadObject') return { status: 200, headers: { 'content-length': '8' } };
        return isDone ? REFUSALS.createOnly : OK.completed;
      });
      assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'unclear');
      isDone = false;
      assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'completed');
      assert.equal(recorded.headersSent('if-none-match').at(-1), '*');
    });

    for (const [name, refusal] of Object.entries(OBJECT_CHECKSUM_REFUSALS)) {
      it(`omits the checksum of the object after ${name}, but keeps those of the parts`, async () => {
        const store = await answering(({ headers }) =>
          headers['x-amz-checksum-crc32'] === undefined ? OK.completed : refusal,
        );
        assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'completed');
        assert.deepEqual(recorded.headersSent('if-none-match'), ['*', '*']);
        assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'completed');
        assert.equal(recorded.requests.length, 3, 'the second call does not try the checksum again');
      });
    }
  });

  describe('the object store, when checksums are rejected,', () => {
    it('opens an upload without them, and protects its parts with MD5', async () => {
      const store = await answering(({ operation, headers }) => {
        if (operation === 'CreateMultipartUpload') {
          return headers['x-amz-checksum-algorithm'] === undefined ? OK.created : REFUSALS.createChecksums;
        }
        if (operation === 'UploadPart') return OK.uploaded;
        return OK.completed;
      });
      assert.equal(await store.createUpload(TARGET.key, HEADERS), TARGET.uploadId);
      assert.equal(await store.uploadPart(TARGET, PART), PARTS[0]?.etag);
      assert.equal(await store.completeUpload(TARGET, PARTS, SUM), 'completed');
      assert.equal(recorded.requests.length, 4, operations().join());
      assert.equal(recorded.headersSent('content-md5').at(2), createHash('md5').update(BODY).digest('base64'));
      assert.equal(recorded.headersSent('x-amz-checksum-crc32').join(''), '');
    });

    it('keeps checksums if MinIO received a damaged part', async () => {
      let isFirst = true;
      const store = await answering(() => {
        const answer = isFirst ? OBJECT_CHECKSUM_REFUSALS.XAmzContentChecksumMismatch : OK.uploaded;
        isFirst = false;
        return answer;
      });
      await assert.rejects(store.uploadPart(TARGET, PART), { code: 'STORAGE_UNAVAILABLE', message: /Part 1/ });
      assert.equal(await store.uploadPart(TARGET, PART), PARTS[0]?.etag);
      assert.deepEqual(recorded.headersSent('x-amz-checksum-crc32'), [crc32Base64(SUM), crc32Base64(SUM)]);
    });

    for (const refusal of [REFUSALS.partChecksum, REFUSALS.partChecksumType]) {
      it(`also remembers a rejected part checksum: ${refusal.source}`, async () => {
        const store = await answering(({ headers }) =>
          headers['x-amz-checksum-crc32'] === undefined ? OK.uploaded : refusal,
        );
        for (let part = 0; part < 2; part++) assert.equal(await store.uploadPart(TARGET, PART), PARTS[0]?.etag);
        assert.deepEqual(recorded.headersSent('x-amz-checksum-crc32'), [crc32Base64(SUM), undefined, undefined]);
      });
    }
  });

  describe('an ETag', () => {
    for (const spelling of [
      '"9a0364b9e99bb480dd25e1f0284c8555"',
      '9a0364b9e99bb480dd25e1f0284c8555',
      'W/"9a0364b9e99bb480dd25e1f0284c8555"',
    ]) {
      it(`is the same in a header and a list, written as ${spelling}`, async () => {
        const xml = `<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><Size>8</Size><ETag>9a0364b9e99bb480dd25e1f0284c8555</ETag></Part></ListPartsResult>`;
        const store = await answering(({ operation }) =>
          operation === 'ListParts' ? { status: 200, body: xml } : { status: 200, headers: { etag: spelling } },
        );
        const etag = await store.uploadPart(TARGET, PART);
        assert.deepEqual(await store.listParts(TARGET.key, TARGET.uploadId), [{ number: 1, size: 8, etag }]);
      });
    }

    it('need not be an MD5: that of a part encrypted by KMS is not', async () => {
      const kms = { 'x-amz-server-side-encryption': 'aws:kms', etag: '"0c1a1a4e4d0f2b5d6f3e0d6a1e8d7c55"' };
      const store = await answering(() => ({ status: 200, headers: kms }));
      assert.equal(await store.uploadPart(TARGET, PART), kms.etag);
    });
  });

  describe('the checksum of an object', () => {
    for (const composite of [{ 'x-amz-checksum-type': 'COMPOSITE' }, {}]) {
      it(`is null if it was computed from its parts' checksums ${JSON.stringify(composite)}`, async () => {
        const headers = { 'content-length': '8', 'x-amz-checksum-crc32': 'R/nORQ==-2', ...composite };
        const store = await answering(() => ({ status: 200, headers }));
        assert.deepEqual(await store.head(TARGET.key), { size: 8, crc32: null, metadata: {} });
      });
    }
  });

  describe('deleting', () => {
    it('succeeds if the object is already gone', async () => {
      const store = await answering(() => DELETED_BEFORE);
      await store.delete(TARGET.key);
    });

    for (const refusal of [REFUSALS.bulkDelete, REFUSALS.bulkDeleteAsPost]) {
      it(`deletes objects one by one if bulk deletes are rejected: ${refusal.source}`, async () => {
        const store = await answering(({ operation }) =>
          operation === 'ListObjectsV2'
            ? listOf('tmp/1', 'tmp/2')
            : operation === 'DeleteObjects'
              ? refusal
              : OK.deleted,
        );
        await store.deleteAll('tmp/');
        await store.deleteAll('tmp/');
        assert.deepEqual(operations(), [
          'ListObjectsV2',
          'DeleteObjects',
          'DeleteObject',
          'DeleteObject',
          'ListObjectsV2',
          'DeleteObject',
          'DeleteObject',
        ]);
      });
    }

    // https://github.com/minio/minio/issues/20849
    it('sends Content-MD5 for bulk deletes, which older stores require', async () => {
      const store = await answering(({ operation }) =>
        operation === 'ListObjectsV2' ? listOf('tmp/1') : OK.deletedAll,
      );
      await store.deleteAll('tmp/');
      assert.match(recorded.headersSent('content-md5').at(-1) ?? '', /^[A-Za-z0-9+/]{22}==$/);
    });
  });

  it('the object store stops aborting after ten rounds if the list still has aborted uploads', async () => {
    const upload = `<Upload><Key>${TARGET.key}</Key><UploadId>u</UploadId></Upload>`;
    const store = await answering(({ operation }) =>
      operation === 'ListMultipartUploads'
        ? {
            status: 200,
            body: `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${upload}</ListMultipartUploadsResult>`,
          }
        : NO_SUCH_UPLOAD,
    );
    await store.abortUploadsOf(TARGET.key);
    assert.equal(recorded.requests.length, 20);
  });
});

function listOf(...keys: readonly string[]): RecordedAnswer {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('');
  return { status: 200, body: `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>` };
}
