import { Context } from '@temporalio/activity';
import { jobIdOfKey, temporaryPrefix, type Tuning } from '../shared/contract.js';
import { JobStore } from '../shared/infrastructure/job-store.js';
import type { JobRow } from '../shared/infrastructure/job-row.js';
import type { ActivityDeps } from './deps.js';
import { START_MS } from './describe-exports.js';
import { heartbeating } from './heartbeat.js';
import { isOfGeneration } from './open-upload.js';
import { removeJob } from './remove-job.js';
import { settleExport } from './settle-export.js';

type Deps = Pick<
  ActivityDeps,
  'jobs' | 'plans' | 'mails' | 'store' | 'temporal' | 'metrics' | 'limit' | 'retryWindowMs' | 'jobTtlMs'
>;

/** Jobs that are asked for at a time, and how often: what one sweep leaves, the next one takes. */
const BATCH = 100;
const BATCHES = 100;

/** Takes what has outlived its use, and tells the users of exports that nobody else would miss. */
export const sweep =
  (deps: Deps) =>
  ({ tuning }: { tuning: Tuning }): Promise<void> =>
    heartbeating(async (signal) => {
      // The first step needs no store, so it runs even while the store is unavailable.
      const steps = [
        deleteOldReservations,
        deleteExpiredFiles,
        endAbandonedUploads,
        deleteStrays,
        deleteOldJobs,
        settleForgotten,
      ];
      for (const step of steps) {
        for await (const _done of step(deps, tuning, signal)) signal.throwIfAborted();
      }
    });

/** A generator yields after each job, so that a stopping worker need not wait for all of them. */
type Step = AsyncGenerator<void>;

/**
 * Batch after batch, as long as each is full.
 * @param next a job that was handled is in none of the next, or they begin after the last one
 */
async function* eachOf(
  next: (last: JobRow | undefined) => Promise<JobRow[]>,
  handle: (row: JobRow) => Promise<unknown>,
): Step {
  let last: JobRow | undefined;
  for (let batch = 0; batch < BATCHES; batch++) {
    const rows = await next(last);
    for (const row of rows) {
      await handle(row);
      yield;
    }
    if (rows.length < BATCH) return;
    last = rows.at(-1);
  }
}

/** A lifecycle rule of the bucket may have come first: then there is nothing to delete, and the row learns it. */
const deleteExpiredFiles = ({ jobs, store }: Deps): Step =>
  eachOf(
    () => jobs.withExpiredFile(BATCH),
    async ({ job_id: jobId, file_key: key }) => {
      if (key !== null) await store.delete(key);
      await jobs.markFileDeleted(jobId);
    },
  );

const endAbandonedUploads = ({ jobs, plans, store, retryWindowMs }: Deps, _tuning: Tuning, signal: AbortSignal): Step =>
  eachOf(
    () => jobs.withAbandonedUpload(retryWindowMs, BATCH),
    async ({ job_id: jobId, file_key: key, generation }) => {
      // First the generation: an operator's reset in between then opens the next one, and not the one that goes.
      if (!(await plans.endGeneration(jobId, generation))) return;
      if (key !== null) {
        await store.abortUploadsOf(key, signal);
        // Completed by an attempt whose answer was lost, before the export failed: nobody has a link to it.
        const object = await store.head(key);
        if (object !== null && isOfGeneration(object.metadata, { jobId, generation })) await store.delete(key);
      }
      await store.deleteAll(temporaryPrefix(jobId), signal);
    },
  );

const deleteOldJobs = (deps: Deps, _tuning: Tuning, signal: AbortSignal): Step =>
  eachOf(
    () => deps.jobs.withOldRow(deps.jobTtlMs, BATCH),
    (row) => removeJob(deps, row, signal),
  );

/** Mails that no longer count against their recipient's limit. */
async function* deleteOldReservations({ mails }: Deps): Step {
  await mails.deleteOld();
  yield;
}

/** What no row speaks of: a late attempt's leftovers, a job whose row is gone. Keys that are not ours stay. */
async function* deleteStrays(
  { jobs, store, metrics, retryWindowMs }: Deps,
  _tuning: Tuning,
  signal: AbortSignal,
): Step {
  const old = (when: Date): boolean => when.getTime() < Date.now() - retryWindowMs;
  for (const { key, uploadId, startedAt } of await store.openUploads('', signal)) {
    if (old(startedAt) && (await isStray(key, uploadId))) {
      await store.abortUpload(key, uploadId);
      removed('upload', key);
    }
    yield;
  }
  for await (const page of store.listPages('tmp/', signal)) {
    for (const { key, modifiedAt } of page) {
      if (old(modifiedAt) && (await isStray(key, null))) {
        await store.delete(key);
        removed('object', key);
      }
      yield;
    }
  }

  function removed(kind: 'upload' | 'object', key: string): void {
    metrics.orphanRemoved(kind);
    Context.current().log.warn('the sweep removed what no job speaks of', { kind, key, job_id: jobIdOfKey(key) });
  }

  /** @param uploadId null for a temporary object */
  async function isStray(key: string, uploadId: string | null): Promise<boolean> {
    const jobId = jobIdOfKey(key);
    if (jobId === null) return false;
    const row = await jobs.find(jobId);
    if (row === null || row.status === 'COMPLETED') return true;
    if (uploadId !== null) return row.upload_id !== uploadId;
    return row.upload_id === null && !JobStore.isActive(row.status);
  }
}

/** An export whose semaphore was ended as well is in nobody's look, until its user comes back. */
const settleForgotten = (deps: Deps, tuning: Tuning): Step =>
  eachOf(
    (last) => deps.jobs.activeSince(START_MS, BATCH, last?.job_id),
    ({ job_id: jobId, tenant_id: tenantId }) => settleExport(deps)({ jobId, tenantId, tuning }),
  );
