import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { AUDIT_ACTIONS } from '../../shared/audit/event.js';
import type { TestService } from '../support/service.js';

const eventSchema = z.looseObject({
  event_id: z.string(),
  occurred_at: z.string(),
  action: z.enum(AUDIT_ACTIONS),
  actor: z.string().nullable(),
  subject: z.string().nullable(),
  subject_hash: z.string().nullable(),
  actor_hash: z.string().nullable(),
  request_id: z.string().nullable(),
  address: z.string().nullable(),
  job_id: z.string().nullable(),
  schedule_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type SeenEvent = z.infer<typeof eventSchema>;
const listSchema = z.strictObject({ events: z.array(eventSchema), next_cursor: z.string().nullable() });

/** A compliance officer of a user's tenant. */
export const officerOf = ({ tenantId }: Principal): Principal => ({
  userId: `officer-${randomUUID()}`,
  tenantId,
  scopes: ['exports:admin'],
});

/** One page of the audit log. */
export async function readAudit(service: TestService, as: Principal, query = ''): Promise<z.infer<typeof listSchema>> {
  const answer = await service.ask('GET', `/v1/audit?${query}`, { as });
  assert.equal(answer.status, 200, answer.text);
  return listSchema.parse(answer.json);
}

/** The events about a user, oldest first. */
export async function eventsOf(service: TestService, user: Principal, query = ''): Promise<readonly SeenEvent[]> {
  const subject = encodeURIComponent(user.userId);
  const { events } = await readAudit(service, officerOf(user), `subject=${subject}&limit=100&${query}`);
  return events.toReversed();
}
