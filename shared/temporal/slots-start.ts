import { WithStartWorkflowOperation } from '@temporalio/client';
import { CONTROL_QUEUE, slotsWorkflowId } from './names.js';
import type { ActiveJob, UserRef } from '../contract.js';
import type { SlotsInput, SlotsState } from './inputs.js';
import { ownerSearchAttributes } from './search-attributes.js';
import { fairnessOf } from './tenant-weights.js';
import { slotsTuning } from './tuning.js';

/**
 * A killed worker occasionally takes a task with it. Temporal's default of 10 s before another worker gets the task is
 * longer than a request waits. With 2 s, a worker that had just started on a busy machine was too slow for twenty
 * replays at once, and Temporal waits another 2 s before it retries.
 */
const TASK_TIMEOUT_MS = 2500;

/** The initial state: running jobs hold their slots, queued ones wait. */
const firstState = (active: readonly ActiveJob[]): SlotsState => ({
  holders: Object.fromEntries(
    active.filter(({ status }) => status === 'PROCESSING').map(({ jobId }) => [jobId, 'held' as const]),
  ),
  waiters: active.filter(({ status }) => status === 'QUEUED').map(({ jobId }) => jobId),
  unsettled: [],
});

/**
 * Options to start a user's semaphore if it is not running, used by requests and by exports.
 * @param active the user's active jobs, from their rows
 * @returns options for a single update; create new ones for each
 */
export const slotsStart = (
  { userId, tenantId }: UserRef,
  { limit, tuning }: Pick<SlotsInput, 'limit' | 'tuning'>,
  active: readonly ActiveJob[],
): WithStartWorkflowOperation<(input: SlotsInput) => Promise<void>> =>
  new WithStartWorkflowOperation('userExportSlots', {
    workflowId: slotsWorkflowId(tenantId, userId),
    taskQueue: CONTROL_QUEUE,
    args: [{ tenantId, userId, limit, tuning: slotsTuning(tuning), state: firstState(active) }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowTaskTimeout: TASK_TIMEOUT_MS,
    priority: fairnessOf(tenantId, tuning),
    typedSearchAttributes: ownerSearchAttributes({ userId, tenantId }),
  });
