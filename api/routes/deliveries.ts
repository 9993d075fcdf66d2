import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { RequestHandler } from 'express';
import {
  CONTROL_QUEUE,
  redeliveryWorkflowId,
  webhookIdOf,
  type ExportStatus,
  type NotificationEvent,
  type RedeliveryInput,
} from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { DeliveryRow } from '../../shared/infrastructure/webhook-store.js';
import { withTimeLimit } from '../../shared/infrastructure/time-limit.js';
import type { ApiDeps } from '../deps.js';
import { ownedJob } from '../input.js';

/** How long Temporal may take to hear of it. */
const START_MS = 3000;

const eventType = (event: NotificationEvent): string => `export.${event}`;
const deliveryView = ({ event, ...delivery }: DeliveryRow) => ({ ...delivery, event: eventType(event) });

/** `GET /v1/exports/{job_id}/deliveries`: every attempt to deliver its webhook, newest first. */
export function listDeliveries(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { job_id: jobId } = await ownedJob(request, deps);
    const rows = await deps.webhooks.list(jobId);
    response.json({ deliveries: rows.map(deliveryView) });
  };
}

const EVENTS: Readonly<Partial<Record<ExportStatus, NotificationEvent>>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

/**
 * `POST /v1/exports/{job_id}/deliveries`: one more attempt now, with the same `webhook_id`, also to a receiver that has
 * the event already or has answered 410. The list says what comes of it.
 */
export function redeliver(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { job_id: jobId, tenant_id: tenantId, status, notify } = await ownedJob(request, deps);
    if (notify.webhook_url === undefined) {
      throw new ServiceError('NO_WEBHOOK', `Export ${jobId} was asked for without notify.webhook_url.`);
    }
    const event = EVENTS[status];
    if (event === undefined) {
      throw new ServiceError('STILL_ACTIVE', `Export ${jobId} is ${status}: its webhook tells of its end.`);
    }
    await start({ jobId, tenantId, event, tuning: deps.settings.tuning }, deps);
    response.status(202).json({ webhook_id: webhookIdOf(jobId, event), event: eventType(event) });
  };
}

async function start(input: RedeliveryInput, { temporal: { client } }: ApiDeps): Promise<void> {
  const started = client.withDeadline(Date.now() + START_MS, () =>
    client.workflow.start('redeliveryWorkflow', {
      workflowId: redeliveryWorkflowId(input.jobId),
      taskQueue: CONTROL_QUEUE,
      args: [input],
    }),
  );
  try {
    await withTimeLimit(started, START_MS);
  } catch (error) {
    // One that was asked for a moment ago has not been sent yet: it is the same one.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    const sentence = 'The delivery could not be passed on; please repeat it.';
    throw new ServiceError('TEMPORARILY_UNAVAILABLE', sentence, { job_id: input.jobId }, { cause: error });
  }
}
