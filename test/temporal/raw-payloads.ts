import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { randomBytes } from 'node:crypto';

/** A new `PAYLOAD_KEY` with this name. */
export const keyNamed = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

export interface FoundPayload {
  /** Path of the fields that lead to the payload. */
  readonly where: string;
  readonly payload: Payload;
}

/**
 * Search attributes contain ids and states, headers contain trace context, and a marker's `data` is the SDK's own note
 * about a local activity.
 */
const PLAIN = /searchAttributes|\.header\.|indexedFields|markerRecordedEventAttributes\.details\.(data|patch-data)\./;

const isPayload = (value: object): value is Payload =>
  'metadata' in value && typeof value.metadata === 'object' && value.metadata !== null && 'encoding' in value.metadata;

function* payloadsIn(value: unknown, where: string): Generator<FoundPayload> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (isPayload(value)) {
    yield { where, payload: value };
    return;
  }
  for (const [name, inner] of Object.entries(value)) yield* payloadsIn(inner, `${where}.${name}`);
}

const personal = (value: unknown): FoundPayload[] =>
  [...payloadsIn(value, '')].filter(({ where }) => !PLAIN.test(`${where}.`));

/** Every payload of a workflow as Temporal stores it, except for the SDK's own. */
export async function payloadsOfHistory(client: Client, workflowId: string): Promise<FoundPayload[]> {
  const handle = client.workflow.getHandle(workflowId);
  const { raw } = await handle.describe();
  return [...personal((await handle.fetchHistory()).events ?? []), ...personal(raw)];
}

/** Payloads of the arguments, summaries and memos of every schedule in the namespace. */
export async function schedulesPayloads({ workflowService, options: { namespace } }: Client): Promise<FoundPayload[]> {
  const { schedules } = await workflowService.listSchedules({ namespace });
  const found: FoundPayload[] = [];
  for (const { scheduleId = '' } of schedules) {
    found.push(...personal(await workflowService.describeSchedule({ namespace, scheduleId })));
  }
  return found;
}
