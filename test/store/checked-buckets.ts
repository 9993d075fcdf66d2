import assert from 'node:assert/strict';
import type { ObjectStore } from '../../shared/store/object-store.js';
import { openObjectStore } from '../../shared/startup/open-object-store.js';

import type { StackEnv } from '../../dev/stack/stack-env.js';

/** What the service expects of a bucket when it starts. */
export function checkedBuckets(environment: () => StackEnv, opened: () => ObjectStore): void {
  describe('a bucket', () => {
    it('passes the check if it exists; otherwise the check fails and names it', async () => {
      await opened().check();
      const other = openObjectStore({ ...environment(), EXPORT_BUCKET: 'no-such-bucket' });
      await assert.rejects(other.store.check(), { code: 'STORAGE_UNAVAILABLE', message: /no-such-bucket/ });
      other.close();
    });

    it('fails the check with unknown credentials', async () => {
      const { AWS_SECRET_ACCESS_KEY: secret = '' } = process.env;
      process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
      const other = openObjectStore(environment());
      try {
        await assert.rejects(other.store.check(), { name: 'ServiceError' });
      } finally {
        process.env.AWS_SECRET_ACCESS_KEY = secret;
        other.close();
      }
    });
  });
}
