import { QueryRejectedError, WorkflowNotFoundError } from '@temporalio/client';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { workflowStatus } from '../../activities/slots/export-status.js';
import type { Principal } from '../../api/deps.js';
import { CONTROL_QUEUE, exportWorkflowId, slotsWorkflowId } from '../../shared/temporal/names.js';
import type { RetentionInput, SlotsState } from '../../shared/temporal/inputs.js';
import { messageOf } from '../../shared/errors.js';
import type { JobRow } from '../../shared/job/row.js';
import { slotsQuery } from '../../shared/temporal/messages.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { assertSameBytes } from '../export-csv/compare.js';
import { download, until } from '../support/exports.js';
import { FAST, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';

/** Approximate length of a sample row, escaped and as CSV, to size segments by rows. */
export const rowsInBytes = (rows: number): number => rows * 190;

export type Reader = Principal & { readonly email: string };
/** A user with a unique address. */
export const someReader = (): Reader => ({ ...someUser(), email: `${randomUUID()}@example.com` });

const messages = z.array(z.object({ to: z.array(z.string()), subject: z.string(), text: z.string() }));
export type ReceivedMail = z.infer<typeof messages>[number];

/** The mails that the user has received so far. */
export async function mailsTo({ email }: Reader): Promise<ReceivedMail[]> {
  const answer = await fetch(`${stack().env.RESEND_BASE_URL}/api/messages`);
  return messages.parse(await answer.json()).filter(({ to }) => to.includes(email));
}

/** Waits for the user's first mail and a moment longer, and returns all subjects. */
export async function untilMailed(user: Reader): Promise<string[]> {
  await until(`a mail to ${user.email}`, async () => (await mailsTo(user)).length > 0);
  await sleep(300);
  return (await mailsTo(user)).map(({ subject }) => subject);
}

const BUSY = /Workflow is busy|Max concurrent batch operations is reached/;

/** Runs the Temporal CLI as an operator would, and returns its output. @throws when the command fails */
export async function temporal({ namespace, env }: TestService, ...args: readonly string[]): Promise<string> {
  const where = ['--namespace', namespace, '--address', env.TEMPORAL_ADDRESS ?? ''];
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { stdout } = await promisify(execFile)(stack().temporalCli, [...args, ...where], { timeout: 20_000 });
      return stdout;
    } catch (error) {
      // Temporal is busy with another operation: retry, as an operator would.
      if (attempt === 20 || !BUSY.test(messageOf(error))) throw error;
      await sleep(500);
    }
  }
}

/** `temporal workflow …` on one workflow. */
export async function operator(
  service: TestService,
  command: 'cancel' | 'terminate' | 'reset',
  workflowId: string,
  ...more: readonly string[]
): Promise<void> {
  const reason = command === 'reset' ? ['--reason', 'test'] : [];
  await temporal(service, 'workflow', command, '--workflow-id', workflowId, ...reason, ...more);
}

export const operateOn = (service: TestService, command: 'cancel' | 'terminate', jobId: string): Promise<void> =>
  operator(service, command, exportWorkflowId(jobId));

/** The retry that is always safe: reset to the beginning. */
export const resetExport = (service: TestService, jobId: string): Promise<void> =>
  operator(service, 'reset', exportWorkflowId(jobId), '--type', 'FirstWorkflowTask');

export const post = (service: TestService, as: Principal, body: object = {}): Promise<Answer> =>
  service.ask('POST', '/v1/exports', { as, body: { type: 'orders', format: 'csv', ...body } });

export const cancel = (service: TestService, as: Principal, jobId: string): Promise<Answer> =>
  service.ask('POST', `/v1/exports/${jobId}/cancel`, { as });

export async function rowOf({ deps }: TestService, jobId: string): Promise<JobRow> {
  const row = await deps.jobs.find(jobId);
  assert(row !== null, `the row of ${jobId}`);
  return row;
}

export interface SegmentRow {
  readonly segment: number;
  readonly attempt: number;
  readonly rows: number | null;
}

export const segmentsOf = ({ databaseUrl }: TestService, jobId: string): Promise<SegmentRow[]> =>
  queryRows<{ segment: number; attempt: number; rows: number | null }>(
    databaseUrl,
    'SELECT segment, attempt, rows::integer FROM export_segments WHERE job_id = $1 ORDER BY segment',
    [jobId],
  );

/** Waits until a segment has committed, and returns all committed ones. */
export const untilCommitted = (service: TestService, jobId: string): Promise<SegmentRow[]> =>
  until(`a segment of ${jobId}`, async () => {
    const committed = (await segmentsOf(service, jobId)).filter(({ rows }) => rows !== null);
    return committed.length > 0 && committed;
  });

/** Checksums of each segment's bytes, and the data that the end of the file is built from. */
const sumsOf = ({ databaseUrl }: TestService, jobId: string): Promise<unknown[]> =>
  queryRows(
    databaseUrl,
    `SELECT bytes, summary, jsonb_path_query_array(parts::jsonb, '$.**.crc32') AS sums FROM export_segments
     WHERE job_id = $1 ORDER BY segment`,
    [jobId],
  );

/** Two exports of the same rows, planned at the same moment, have segments with the same bytes. */
export async function assertSameSegments(service: TestService, jobId: string, other: string): Promise<void> {
  assert.deepEqual(await sumsOf(service, jobId), await sumsOf(service, other));
}

/**
 * Two exports of the same rows, planned at the same moment, have the same bytes, except that the end of a PDF contains
 * the job's id.
 */
export async function assertSameFile(service: TestService, as: Principal, jobId: string, other: string): Promise<void> {
  await assertSameSegments(service, jobId, other);
  const [file, otherFile] = [await download(service, as, jobId), await download(service, as, other)];
  assert.equal(file.length, otherFile.length);
  if ((await rowOf(service, jobId)).format !== 'PDF') assertSameBytes(file, otherFile, 'the file');
}

/** Null if the user has no semaphore. */
export async function slotsOf({ deps }: TestService, { tenantId, userId }: Principal): Promise<SlotsState | null> {
  const handle = deps.temporal.openOnly.workflow.getHandle(slotsWorkflowId(tenantId, userId));
  const { slots } = await until('an answer from the semaphore', async () => {
    try {
      return { slots: await handle.query(slotsQuery) };
    } catch (error) {
      // Any other error comes from a busy server or a killed worker, and says nothing about the slots.
      return error instanceof WorkflowNotFoundError || error instanceof QueryRejectedError ? { slots: null } : null;
    }
  });
  return slots;
}

/** Status of the latest run of a workflow; `NOT_FOUND` if there is none. */
export const statusOf = ({ deps }: TestService, workflowId: string): Promise<string> =>
  workflowStatus(deps.temporal.client, workflowId);

/** Waits for the workflow's status: an export's row ends slightly before its workflow does. */
export const untilStatus = (service: TestService, workflowId: string, status: string, ms = 5000): Promise<true> =>
  until(`${status} of ${workflowId}`, async () => (await statusOf(service, workflowId)) === status, ms);

/** Runs one sweep, in addition to the scheduled ones. */
export async function sweepNow({ deps }: TestService): Promise<void> {
  await deps.temporal.client.workflow.execute('retentionWorkflow', {
    workflowId: `sweep/${randomUUID()}`,
    taskQueue: CONTROL_QUEUE,
    args: [{ tuning: FAST, everyMs: 0, forMs: 0 } satisfies RetentionInput],
  });
}

/** Waits until the export's plan is scheduled. While every reader is busy, it stays in the queue. */
export async function untilPlanIsDue({ deps }: TestService, jobId: string): Promise<void> {
  // Describe the workflow instead of its queue: queue statistics are up to five seconds old.
  const handle = deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId));
  await until(`the plan of ${jobId}`, async () => {
    const description = await handle.describe().catch((error: unknown) => {
      // The request is answered slightly before the workflow exists.
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    });
    return description?.raw.pendingActivities?.some(({ activityId }) => activityId === 'plan');
  });
}
