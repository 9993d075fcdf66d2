import type { ScheduleDescription } from '@temporalio/client';
import { z } from 'zod';
import type { ScheduledExportInput } from './contract.js';
import { definitionSchema } from './definition.js';
import { jobIdOfRun } from './job-id.js';

/** A schedule as Temporal stores it: the argument of its runs, and its memo. */

const inputSchema = z.object({
  scheduleId: z.string(),
  tenantId: z.string(),
  userId: z.string(),
  email: z.string().optional(),
  definition: definitionSchema.required({ request: true }).extend({ name: z.string() }),
});
export const memoSchema = z.object({ createdAt: z.iso.datetime(), requestHash: z.string() });

export interface ScheduleRun {
  readonly dueAt: Date;
  readonly startedAt: Date;
  readonly jobId: string;
}

export interface StoredSchedule {
  readonly input: ScheduledExportInput;
  readonly createdAt: Date;
  /** Hash of the request that created it, for the Idempotency-Key. */
  readonly requestHash: string;
  readonly paused: boolean;
  /** Differs after every change, including one that an operator makes in Temporal. */
  readonly version: string;
  readonly nextRuns: readonly Date[];
  /** Newest first. */
  readonly recentRuns: readonly ScheduleRun[];
}

export function storedFrom(description: ScheduleDescription): StoredSchedule {
  const { action, info, memo, state, raw } = description;
  const { email, ...input } = inputSchema.parse(action.args?.[0]);
  const { createdAt, requestHash } = memoSchema.parse(memo);
  return {
    input: { ...input, ...(email === undefined ? {} : { email }) },
    createdAt: new Date(createdAt),
    requestHash,
    paused: state.paused,
    version: Buffer.from(raw.conflictToken ?? []).toString('hex'),
    nextRuns: info.nextActionTimes,
    recentRuns: runsFrom(description),
  };
}

export const runsFrom = ({ info }: ScheduleDescription): ScheduleRun[] =>
  info.recentActions
    .map(({ scheduledAt, takenAt, action }) => ({
      dueAt: scheduledAt,
      startedAt: takenAt,
      jobId: jobIdOfRun(action.workflow.workflowId),
    }))
    .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
