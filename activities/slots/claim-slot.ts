import { randomUUID } from 'node:crypto';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import type { ClaimInput } from '../../shared/temporal/inputs.js';
import type { JobSeed } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { askInTime } from '../../shared/time-limit.js';
import { forgetErasedRequester } from '../../shared/job/forget-erased-requester.js';
import { slotsStart } from '../../shared/temporal/slots-start.js';
import { claimUpdate } from '../../shared/temporal/messages.js';
import type { ActivityDeps } from '../deps.js';

/** If this worker is the only one and is draining, nobody answers: the attempt must end, so that another can claim. */
const ANSWER_WITHIN_MS = 5000;

type Deps = Pick<ActivityDeps, 'jobs' | 'erasedIds' | 'audit' | 'places' | 'temporal' | 'metrics' | 'tenantLimit'>;

export type Claim = 'granted' | 'wait' | 'ended';

/**
 * Inserts the job's row and claims its slot.
 *
 * - An admitted export takes the slot that it was admitted with, the first time.
 * - Otherwise the semaphore decides. A holder is answered at once; an export that was reset after its end waits.
 * - If tenants have a limit, a holder also waits until its tenant has a place.
 */
export const claimSlot =
  (deps: Deps) =>
  async (input: ClaimInput): Promise<{ claim: Claim }> => {
    await insertRow(deps, input.job);
    const claim = await decide(deps, input);
    deps.metrics.slotClaimed(claim);
    return { claim };
  };

async function insertRow(deps: Deps, job: JobSeed): Promise<void> {
  const { jobs } = deps;
  try {
    await jobs.insert(job);
  } catch (error) {
    // Without a row, the user would find nothing under the export's id.
    if (error instanceof ServiceError && error.code === 'NOT_STORABLE') {
      await jobs.insertFailed(job, { code: error.code, message: error.forUser });
    }
    throw error;
  } finally {
    await forgetErasedRequester(job, deps);
  }
}

async function decide(deps: Deps, input: ClaimInput): Promise<Claim> {
  const { jobs, places, temporal, tenantLimit } = deps;
  const { job, admitted } = input;
  const { jobId } = job;
  const needsPlace = tenantLimit !== undefined;
  // No need to ask the semaphore: each segment will.
  if (admitted && (await jobs.begin(jobId, { needsPlace }))) return 'granted';
  await jobs.requeue(jobId);
  const row = await jobs.find(jobId);
  // An erased job has no row. A reset of an expired or deleted one has nothing to do.
  if (row === null || row.shown_status === 'EXPIRED' || row.file_deleted_at !== null) return 'ended';
  if (row.status === 'QUEUED' && row.cancel_requested_at !== null) {
    // The user canceled the export before its workflow existed, so cancel it now and wait for the cancellation.
    await temporal.client.workflow.getHandle(exportWorkflowId(jobId)).cancel();
    return 'wait';
  }
  if (!(await askSemaphore(deps, input))) return 'wait';
  if (needsPlace && !(await places.takeForExport(job, tenantLimit, 'running'))) return 'wait';
  await jobs.markProcessing(jobId);
  return 'granted';
}

/** Starts the semaphore, with the user's active jobs, if it isn't running. */
async function askSemaphore({ jobs, temporal }: Deps, { job, limit, tuning }: ClaimInput): Promise<boolean> {
  const { client } = temporal;
  const start = slotsStart(job, { limit, tuning }, await jobs.activeOf(job));
  return askInTime(client, ANSWER_WITHIN_MS, () =>
    client.workflow.executeUpdateWithStart(claimUpdate, {
      args: [{ jobId: job.jobId, limit }],
      // A new id for each attempt: if the semaphore was terminated, a repeated id would return the closed run's answer.
      updateId: randomUUID(),
      startWorkflowOperation: start,
    }),
  );
}
