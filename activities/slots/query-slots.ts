import { QueryRejectedError, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UserRef } from '../../shared/contract.js';
import { slotsWorkflowId } from '../../shared/temporal/names.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { askInTime } from '../../shared/time-limit.js';
import { isHolderQuery, slotsQuery } from '../../shared/temporal/messages.js';

const ANSWER_WITHIN_MS = 5000;
/**
 * A query first goes to the worker that last ran the semaphore. If that worker was killed, queries fail for some
 * seconds, until Temporal gives up on it. That shouldn't use up an attempt of an activity.
 */
const QUERY_WITHIN_MS = 15_000;
const PAUSE_MS = 250;

/** Whether the user's semaphore runs, and the export holds a slot. */
export async function holdsSlot(
  temporal: TemporalClient,
  { jobId, ...user }: UserRef & { readonly jobId: string },
  signal: AbortSignal,
): Promise<boolean> {
  return (await querySlots(temporal, user, (slots) => slots.query(isHolderQuery, jobId), signal)) === true;
}

/** The exports that the user's semaphore knows; none if it isn't running. */
export async function jobsInSlots(temporal: TemporalClient, user: UserRef, signal: AbortSignal): Promise<string[]> {
  const state = await querySlots(temporal, user, (slots) => slots.query(slotsQuery), signal);
  return state === null ? [] : [...Object.keys(state.holders), ...state.waiters, ...state.unsettled];
}

/** @returns null if the semaphore isn't running */
async function querySlots<T>(
  { openOnly }: TemporalClient,
  { tenantId, userId }: UserRef,
  query: (slots: WorkflowHandle) => Promise<T>,
  signal: AbortSignal,
): Promise<T | null> {
  const slots = openOnly.workflow.getHandle(slotsWorkflowId(tenantId, userId));
  const end = Date.now() + QUERY_WITHIN_MS;
  for (;;) {
    try {
      return await askInTime(openOnly, ANSWER_WITHIN_MS, () => query(slots));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || error instanceof QueryRejectedError) return null;
      if (Date.now() > end) throw error;
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}
