import { WorkflowFailedError } from '@temporalio/client';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { CONTROL_QUEUE, erasureWorkflowId } from '../../shared/temporal/names.js';
import type { ErasureCounts, UserRef } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { isInvalid } from '../../shared/temporal/grpc-code.js';
import { SILENCE_MS, askInTime } from '../../shared/time-limit.js';
import { principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { uuidOf } from '../input.js';
import type { Described } from '../openapi/operation.js';

/** Most erasures are done by then; the others go on. */
const ANSWER_WITHIN_MS = 20_000;

const count = z.int().min(0);
const doneSchema = z.strictObject({
  status: z.literal('ERASED'),
  exports: count.describe('Exports deleted'),
  files: count.describe('How many of them had a file'),
  cancelled: count.describe('How many of them were active'),
  schedules: count,
});
const goingOnSchema = z.strictObject({ status: z.literal('ERASING') });

/** `DELETE /v1/users/{user_id}/exports`: everything that is kept of a user of the caller's tenant. */
export function eraseUser({ temporal, settings }: ApiDeps): RequestHandler {
  const { erasureAnswerMs = ANSWER_WITHIN_MS } = settings;
  return async (request, response) => {
    const user = { tenantId: principalOf(request).tenantId, userId: uuidOf(request, 'user_id') };
    const { client } = temporal;
    const start = askInTime(client, SILENCE_MS, () =>
      client.workflow.start<(user: UserRef) => Promise<ErasureCounts>>('erasureWorkflow', {
        workflowId: erasureWorkflowId(user),
        taskQueue: CONTROL_QUEUE,
        args: [user],
        // One that runs already is what was asked for.
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
    const handle = await start.catch((error: unknown) => {
      if (isInvalid(error)) throw error;
      const sentence = "We couldn't start the erasure. Repeat the request.";
      throw new ServiceError('TEMPORARILY_UNAVAILABLE', sentence, {}, { cause: error });
    });
    try {
      const counts = await askInTime(client, erasureAnswerMs, () => handle.result());
      response.json({ status: 'ERASED', ...counts } satisfies z.infer<typeof doneSchema>);
    } catch (error) {
      // After any other failure (a deadline, the connection to Temporal), the erasure has been started and continues.
      if (error instanceof WorkflowFailedError) throw error;
      response.status(202).json({ status: 'ERASING' } satisfies z.infer<typeof goingOnSchema>);
    }
  };
}

export const eraseUserOperation: Described = {
  id: 'eraseUser',
  tag: 'Users',
  summary: "Erase a user's data",
  description:
    'Deletes the schedules of a user of your tenant, cancels active exports, and deletes files, unfinished uploads and rows. Safe to repeat. Temporal keeps the history of closed workflows until its retention period ends.',
  scope: 'exports:admin',
  answers: {
    200: {
      description: 'Everything is erased; the counts say what was there',
      schema: doneSchema,
      example: { status: 'ERASED', exports: 12, files: 2, cancelled: 1, schedules: 1 },
    },
    202: {
      description: 'Erasure is still running. Repeat the request to check',
      schema: goingOnSchema,
      example: { status: 'ERASING' },
    },
  },
};
