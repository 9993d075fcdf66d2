import { S3Client } from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ObjectStore } from '../../../shared/store/object-store.js';
import { stack } from '../../support/stack.js';

describe('the object store', () => {
  let s3: S3Client;
  let store: ObjectStore;
  const prefix = `tmp/${randomUUID()}/`;

  before(() => {
    const { S3_ENDPOINT: endpoint, S3_REGION: region, EXPORT_BUCKET: bucket } = stack().env;
    s3 = new S3Client({ endpoint, region, forcePathStyle: true });
    store = new ObjectStore(s3, s3, bucket);
  });
  after(() => {
    s3.destroy();
  });

  it('reports an object that could not be deleted, even in a 200 response', async () => {
    await store.putStream(`${prefix}1`, [Buffer.from('a piece')], AbortSignal.timeout(5000));
    // Caused by a policy or a legal hold on that object; SeaweedFS has neither for a bucket's owner.
    s3.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const Errors = [{ Key: `${prefix}1`, Code: 'AccessDenied', Message: 'Access Denied' }];
          const kept = { output: { $metadata: {}, Errors }, response: {} };
          return commandName === 'DeleteObjectsCommand' ? Promise.resolve(kept) : next(args);
        },
      { step: 'initialize', name: 'kept' },
    );
    await assert.rejects(store.deleteAll(prefix), {
      code: 'STORAGE_UNAVAILABLE',
      message: /1 was not deleted: AccessDenied/,
    });
    s3.middlewareStack.remove('kept');
    await store.deleteAll(prefix);
    assert.deepEqual(await store.list(prefix), []);
  });
});
