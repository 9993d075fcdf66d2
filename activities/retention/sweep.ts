import { temporaryPrefix } from '../../shared/store/keys.js';
import type { JobRow } from '../../shared/job/row.js';
import type { ActivityDeps } from '../deps.js';
import { START_MS } from '../slots/export-status.js';
import { heartbeating } from '../heartbeat.js';
import { isOfGeneration } from '../file/open-upload.js';
import { removeJob } from './remove-job.js';
import { settleExport } from '../slots/settle-export.js';
import { deleteErasedSchedules, deleteOldErasedIds } from './sweep-erased.js';
import { deleteStrayObjects, deleteStrayUploads } from './sweep-strays.js';

type Deps = Pick<
  ActivityDeps,
  | 'jobs'
  | 'plans'
  | 'audit'
  | 'erasedIds'
  | 'places'
  | 'mails'
  | 'store'
  | 'temporal'
  | 'metrics'
  | 'limit'
  | 'tuning'
  | 'weights'
  | 'retryWindowMs'
  | 'jobTtlMs'
  | 'auditTtlMs'
>;

/** Jobs per query, and queries per step of one sweep. The next sweep continues. */
const BATCH = 100;
const BATCHES = 100;

/** One task of the sweep. It yields after each item, so that a stopping worker doesn't have to wait for all of them. */
type Step = (deps: Deps, signal: AbortSignal) => AsyncGenerator<void>;

/** Deletes what has expired or was left behind, and settles exports that died without a semaphore watching. */
export const sweep = (deps: Deps) => (): Promise<void> =>
  heartbeating(async (signal) => {
    for (const step of STEPS) {
      for await (const _done of step(deps, signal)) signal.throwIfAborted();
    }
  });

/** Deletes the records of sent emails that no longer count against their recipient's limit. */
const deleteOldReservations: Step = async function* ({ mails }) {
  await mails.deleteOld();
  yield;
};

/** Events per statement, so that none holds its locks for long. */
const EVENTS = 1000;
const deleteOldEvents: Step = async function* ({ audit, auditTtlMs }) {
  for (let batch = 0; batch < BATCHES; batch++) {
    const deleted = await audit.deleteOld(auditTtlMs, EVENTS);
    yield;
    if (deleted < EVENTS) return;
  }
};

/** If the bucket's lifecycle rule deleted the file first, this only records in the row that it is gone. */
const deleteExpiredFiles: Step = ({ jobs, store }) =>
  forEachJob(
    () => jobs.withExpiredFile(BATCH),
    async ({ job_id: jobId, file_key: key }) => {
      if (key !== null) await store.delete(key);
      await jobs.markFileDeleted(jobId);
    },
  );

const endAbandonedUploads: Step = (deps, signal) =>
  forEachJob(
    () => deps.jobs.withAbandonedUpload(deps.retryWindowMs, BATCH),
    (row) => endAbandonedUpload(deps, row, signal),
  );

const deleteOldJobs: Step = (deps, signal) =>
  forEachJob(
    () => deps.jobs.withOldRow(deps.jobTtlMs, BATCH),
    (row) => removeJob(deps, row, signal),
  );

/** Without a semaphore, nobody would notice a dead export until its user returns. */
const settleForgotten: Step = (deps) =>
  forEachJob(
    (last) => deps.jobs.activeSince(START_MS, BATCH, last?.job_id),
    ({ job_id: jobId, tenant_ref: tenantId }) => settleExport(deps)({ jobId, tenantId }),
  );

/** The first four steps don't need the store, so they run even while the store is unavailable. */
const STEPS: readonly Step[] = [
  deleteOldReservations,
  deleteOldEvents,
  deleteErasedSchedules,
  deleteOldErasedIds,
  deleteExpiredFiles,
  endAbandonedUploads,
  deleteStrayUploads,
  deleteStrayObjects,
  deleteOldJobs,
  settleForgotten,
];

async function endAbandonedUpload({ plans, store }: Deps, row: JobRow, signal: AbortSignal): Promise<void> {
  const { job_id: jobId, file_key: key, generation } = row;
  // End the generation first: if an operator resets the export now, it opens the next upload, not this one.
  if (!(await plans.endGeneration(jobId, generation))) return;
  if (key !== null) {
    await store.abortUploadsOf(key, signal);
    // An attempt may have completed the object and lost the answer before the export failed. Nobody has a link to it.
    const object = await store.head(key);
    if (object !== null && isOfGeneration(object.metadata, { jobId, generation })) await store.delete(key);
  }
  await store.deleteAll(temporaryPrefix(jobId), signal);
}

/**
 * Handles batches until one isn't full.
 * @param next must not return handled jobs again; `last` is the last one that was handled
 */
async function* forEachJob(
  next: (last: JobRow | undefined) => Promise<JobRow[]>,
  handle: (row: JobRow) => Promise<unknown>,
): AsyncGenerator<void> {
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
