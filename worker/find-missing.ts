import type { Client } from '@temporalio/client';
import type { DatasetRegistry } from '../shared/datasets/index.js';
import type { Pool } from '../shared/postgres.js';
import type { Logger } from '../shared/process/logger.js';
import type { Source } from '../shared/source/source.js';
import { checkDatasets } from '../shared/startup/check-datasets.js';
import { checkPayloadKeyWithRetries } from '../shared/startup/check-payload-key.js';
import { checkBucket, checkJobStore, checkSearchAttributes, checkTemporal } from '../shared/startup/checks.js';
import type { ObjectStore } from '../shared/store/object-store.js';

/** How long a starting worker waits for the retention schedule, which takes a few seconds in a new namespace. */
const PAYLOAD_KEY_PATIENCE_MS = 10_000;

interface Parts {
  readonly source: Source;
  readonly registry: DatasetRegistry;
  readonly jobs: Pool;
  readonly store: ObjectStore;
  readonly client: Client;
}

/**
 * Reasons why a worker can't start, as sentences; empty if it can. Problems that may resolve themselves are only
 * logged.
 */
export async function findMissing({ source, registry, jobs, store, client }: Parts, logger: Logger): Promise<string[]> {
  const temporal = async (): Promise<string | null> =>
    (await checkTemporal(client)) ??
    (await checkSearchAttributes(client.connection, client.options.namespace)) ??
    (await checkPayloadKeyWithRetries(client, PAYLOAD_KEY_PATIENCE_MS, (reason) => {
      logger.warn({ reason }, 'could not check the payload key');
    }));
  const checks = [checkJobStore(jobs), checkBucket(store), temporal()];
  const [datasets, ...answers] = await Promise.all([checkDatasets(source, registry), ...checks]);
  // The source database may be back by the time an export needs it; if it isn't, the export waits.
  if (datasets.unavailable !== null) logger.warn({ reason: datasets.unavailable }, 'could not check the datasets');
  for (const { sentence, ...where } of [...datasets.bypasses, ...datasets.slowSorts]) logger.warn(where, sentence);
  return [...answers.filter((sentence) => sentence !== null), ...datasets.misfits];
}
