import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ErasureCounts } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import type { ErasureInput } from '../../shared/temporal/inputs.js';
import { isInvalid } from '../../shared/temporal/grpc-code.js';
import { CONTROL_QUEUE, erasureWorkflowId } from '../../shared/temporal/names.js';
import { SILENCE_MS, askInTime } from '../../shared/time-limit.js';
import { defineRoute } from '../http/define-route.js';
import { originOf } from '../http/origin.js';
import { userParams } from '../http/input.js';

/** Most erasures finish within this time; the others continue in the background. */
const ANSWER_WITHIN_MS = 20_000;

const count = z.int().min(0);
const doneSchema = z.strictObject({
  status: z.literal('ERASED'),
  exports: count.describe('Exports deleted'),
  files: count.describe('How many of them had a file'),
  cancelled: count.describe('How many of them were active'),
  schedules: count.describe('Schedules deleted'),
  saved_exports: count.describe('Saved exports deleted'),
});
const runningSchema = z.strictObject({ status: z.literal('ERASING') });

type Erasure = (input: ErasureInput) => Promise<ErasureCounts>;

export const eraseUser = defineRoute({
  method: 'delete',
  path: '/v1/users/:user_id/exports',
  id: 'eraseUser',
  tag: 'Users',
  summary: "Erase a user's data",
  description:
    'Deletes the schedules and saved exports of a user of your tenant, cancels active exports, and deletes files, unfinished uploads and rows. Safe to repeat. Temporal keeps the history of closed workflows until its retention period ends.',
  scope: 'exports:admin',
  params: userParams,
  answers: {
    200: {
      description: 'Everything is erased; the counts say what was there',
      schema: doneSchema,
      example: { status: 'ERASED', exports: 12, files: 2, cancelled: 1, schedules: 1, saved_exports: 3 },
    },
    202: {
      description: 'Erasure is still running. Repeat the request to check',
      schema: runningSchema,
      example: { status: 'ERASING' },
    },
  },
  handle:
    ({ temporal, settings: { erasureAnswerMs = ANSWER_WITHIN_MS } }) =>
    async ({ params, principal, request }) => {
      const user = { tenantId: principal.tenantId, userId: params.user_id };
      const input = { ...user, origin: originOf(request), erasureId: randomUUID() };
      const handle = await startErasure(input, temporal);
      try {
        const { savedExports, ...counts } = await askInTime(temporal.client, erasureAnswerMs, () => handle.result());
        return { status: 200, body: { status: 'ERASED', ...counts, saved_exports: savedExports } };
      } catch (error) {
        // After any other failure (a deadline, the connection to Temporal), the erasure has been started and continues.
        if (error instanceof WorkflowFailedError) throw error;
        return { status: 202, body: { status: 'ERASING' } };
      }
    },
});

async function startErasure(input: ErasureInput, { client }: TemporalClient): Promise<WorkflowHandle<Erasure>> {
  try {
    return await askInTime(client, SILENCE_MS, () =>
      client.workflow.start<Erasure>('erasureWorkflow', {
        workflowId: erasureWorkflowId(input),
        taskQueue: CONTROL_QUEUE,
        args: [input],
        // Joins an erasure of this user that is already running.
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  } catch (error) {
    if (isInvalid(error)) throw error;
    const sentence = "We couldn't start the erasure. Repeat the request.";
    throw new ServiceError('TEMPORARILY_UNAVAILABLE', sentence, {}, { cause: error });
  }
}
