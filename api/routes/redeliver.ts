import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { z } from 'zod';
import { webhookIdOf, type ExportStatus, type NotificationEvent } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { rowFor } from '../../shared/job/view.js';
import type { TemporalClient } from '../../shared/temporal/client.js';
import { isInvalid } from '../../shared/temporal/grpc-code.js';
import type { RedeliveryInput } from '../../shared/temporal/inputs.js';
import { CONTROL_QUEUE, redeliveryWorkflowId } from '../../shared/temporal/names.js';
import { SILENCE_MS, askInTime } from '../../shared/time-limit.js';
import { eventType } from '../../shared/webhooks/message.js';
import { defineRoute } from '../http/define-route.js';
import { jobParams, ownedJob } from '../http/input.js';
import { webhookEventSchema, webhookIdSchema } from '../webhooks/event-schema.js';

const EVENTS: Readonly<Partial<Record<ExportStatus, NotificationEvent>>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

export const redeliver = defineRoute({
  method: 'post',
  path: '/v1/exports/:job_id/deliveries',
  id: 'redeliver',
  tag: 'Webhooks',
  summary: 'Redeliver the webhook of an export',
  description:
    'Makes one attempt now, with the same `webhook_id`, even if the receiver already has the event or responded 410. List the deliveries to see the result.',
  scope: 'exports:write',
  params: jobParams,
  answers: {
    202: {
      description: 'The webhook is being sent',
      schema: z.strictObject({ webhook_id: webhookIdSchema, event: webhookEventSchema }),
      example: { webhook_id: 'msg_01933b1c7a527cc09d9c3d1b2a4f5e60_completed', event: 'export.completed' },
    },
  },
  problems: ['NO_WEBHOOK', 'STILL_ACTIVE', 'TEMPORARILY_UNAVAILABLE'],
  handle:
    (deps) =>
    async ({ params, principal }) => {
      // The webhook of an administrator who requested it on the user's behalf is not the user's.
      const row = rowFor(await ownedJob(params.job_id, principal, deps), principal.userId);
      const { job_id: jobId, tenant_ref: tenantId, status, notify } = row;
      if (notify.webhook_url === undefined) {
        throw new ServiceError('NO_WEBHOOK', `Export ${jobId} has no webhook of yours.`);
      }
      const event = EVENTS[status];
      if (event === undefined) {
        throw new ServiceError('STILL_ACTIVE', `Export ${jobId} is ${status}. Its webhook is sent when it ends.`);
      }
      await start({ jobId, tenantId, event, tuning: deps.settings.tuning }, deps.temporal);
      return { status: 202, body: { webhook_id: webhookIdOf(jobId, event), event: eventType(event) } };
    },
});

async function start(input: RedeliveryInput, { client }: TemporalClient): Promise<void> {
  const workflowId = redeliveryWorkflowId(input.jobId);
  try {
    await askInTime(client, SILENCE_MS, () =>
      client.workflow.start('redeliveryWorkflow', { workflowId, taskQueue: CONTROL_QUEUE, args: [input] }),
    );
  } catch (error) {
    // An earlier request is still waiting to be sent: this one joins it.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    if (isInvalid(error)) throw error;
    const sentence = "We couldn't start the delivery. Repeat the request.";
    throw new ServiceError('TEMPORARILY_UNAVAILABLE', sentence, { job_id: input.jobId }, { cause: error });
  }
}
