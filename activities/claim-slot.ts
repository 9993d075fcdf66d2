import { randomUUID } from 'node:crypto';
import { exportWorkflowId, type ExportInput } from '../shared/contract.js';
import { ServiceError } from '../shared/errors.js';
import { askInTime } from '../shared/infrastructure/time-limit.js';
import { slotsStart } from '../shared/slots-start.js';
import { claimUpdate } from '../workflows/messages.js';
import type { ActivityDeps } from './deps.js';

/** Nobody answers when this worker is the only one and is draining: the attempt must end, for another to claim. */
const ANSWER_WITHIN_MS = 5000;

type Deps = Pick<ActivityDeps, 'jobs' | 'places' | 'temporal' | 'metrics' | 'tenantLimit'>;

export type Claim = 'granted' | 'wait' | 'ended';

/**
 * Takes the slot that the export was admitted with, the first time. After that, or without one, asks the semaphore: a
 * holder is answered at once; an export that was reset after its end waits its turn. Starts the semaphore if there is
 * none, with the user's active jobs. One that its user has cancelled before it was there cancels itself, and waits for
 * that. Where tenants have a limit, an export that holds a slot also waits until its tenant has a place.
 */
export const claimSlot =
  ({ jobs, places, temporal, metrics, tenantLimit }: Deps) =>
  async ({ job, limit, tuning, admitted }: ExportInput): Promise<{ claim: Claim }> => {
    const answer = (claim: Claim): { claim: Claim } => {
      metrics.slotClaimed(claim);
      return { claim };
    };
    const { jobId } = job;
    await jobs.insert(job).catch(async (error: unknown) => {
      // Its user finds the export by its id, FAILED, instead of nothing.
      if (error instanceof ServiceError && error.code === 'NOT_STORABLE') {
        await jobs.insertFailed(job, { code: error.code, message: error.forUser });
      }
      throw error;
    });
    // Its segments ask the semaphore all the same.
    const needsPlace = tenantLimit !== undefined;
    if (admitted && (await jobs.begin(jobId, { needsPlace }))) return answer('granted');
    await jobs.requeue(jobId);
    const row = await jobs.find(jobId);
    if (row === null) throw new ServiceError('INTERNAL', `The row of job ${jobId} is not there.`);
    // A reset of an expired or deleted job makes nothing.
    if (row.shown_status === 'EXPIRED' || row.file_deleted_at !== null) return answer('ended');
    const { client } = temporal;
    if (row.status === 'QUEUED' && row.cancel_requested_at !== null) {
      // Its user may have been quicker than its start: there was no workflow yet that could be told.
      await client.workflow.getHandle(exportWorkflowId(jobId)).cancel();
      return answer('wait');
    }

    const start = slotsStart(job, { limit, tuning }, await jobs.activeOf(job));
    const granted = await askInTime(client, ANSWER_WITHIN_MS, () =>
      client.workflow.executeUpdateWithStart(claimUpdate, {
        args: [{ jobId, limit }],
        // An update id deduplicates within the latest run only: after a terminate it would answer for the closed one.
        updateId: randomUUID(),
        startWorkflowOperation: start,
      }),
    );
    if (!granted || (needsPlace && !(await places.takeForExport(job, tenantLimit, 'running')))) return answer('wait');
    await jobs.markProcessing(jobId);
    return answer('granted');
  };
