import type { Client } from '@temporalio/client';
import type { Pool } from '../../shared/postgres.js';
import { checkPayloadKey } from '../../shared/startup/check-payload-key.js';
import { checkBucket, checkJobStore, checkSearchAttributes, checkTemporal } from '../../shared/startup/checks.js';
import type { ObjectStore } from '../../shared/store/object-store.js';
import type { ReadinessChecks } from './readiness.js';

/**
 * Checks the parts that the API needs to serve requests.
 * @param jobs a pool that requests don't use
 */
export const createReadinessChecks = (jobs: Pool, store: ObjectStore, client: Client): ReadinessChecks => ({
  job_store: () => checkJobStore(jobs),
  object_store: () => checkBucket(store),
  temporal: async () =>
    (await checkTemporal(client)) ??
    (await checkSearchAttributes(client.connection, client.options.namespace)) ??
    // If the schedule that this check decrypts can't be read, the process is still ready: requests don't need it.
    (await checkPayloadKey(client).catch(() => null)),
});
