import { z } from 'zod';
import { AUDIT_ACTIONS } from '../../shared/audit/event.js';
import type { AuditRow } from '../../shared/audit/list.js';
import { referenceSchema } from '../../shared/identity/reference-schema.js';
import { cursorSchema, nextCursor } from '../http/cursor.js';
import { defineRoute } from '../http/define-route.js';
import { limitSchema, momentSchema, once } from '../http/input.js';

const querySchema = z.strictObject({
  actor: once.pipe(referenceSchema).optional().describe('The user who did it, even if erased since'),
  subject: once
    .pipe(referenceSchema)
    .optional()
    .describe('The user whose data or exports the events are about, even if erased since'),
  action: once.pipe(z.enum(AUDIT_ACTIONS, { error: `must be one of ${AUDIT_ACTIONS.join(', ')}` })).optional(),
  job_id: once.pipe(z.guid({ error: 'must be a UUID' })).optional(),
  since: momentSchema
    .optional()
    .describe('Only events at this time or later: a day (in UTC), or a time with its offset'),
  before: momentSchema.optional().describe('Only events before this time'),
  limit: limitSchema,
  cursor: cursorSchema.optional().describe('`next_cursor` of the previous page'),
});

const eventSchema = z
  .strictObject({
    event_id: z.guid(),
    occurred_at: z.iso.datetime(),
    action: z.enum(AUDIT_ACTIONS),
    actor: z.string().nullable().describe('Who did it. Null: somebody with a link, an operator, or an erased user'),
    actor_hash: z.string().nullable().describe('Identifies an erased user'),
    subject: z.string().nullable().describe('Whose data or exports it is about. Null: an erased user'),
    subject_hash: z.string().nullable().describe('Identifies an erased user'),
    request_id: z.string().nullable().describe('Null: a run of a schedule'),
    address: z.string().nullable().describe("The client's IP address"),
    job_id: z.guid().nullable(),
    schedule_id: z.guid().nullable(),
    details: z.record(z.string(), z.unknown()).describe('Dataset, format, names of columns and filters, and the like'),
  })
  .meta({ id: 'AuditEvent' });
type EventView = z.infer<typeof eventSchema>;

const listSchema = z
  .strictObject({
    events: z.array(eventSchema),
    next_cursor: z.string().nullable().describe('Null on the last page'),
  })
  .meta({ id: 'AuditList' });

const eventView = ({
  actor_ref: actor,
  subject_ref: subject,
  occurred_at: occurredAt,
  ...row
}: AuditRow): EventView => ({
  ...row,
  actor,
  subject,
  occurred_at: occurredAt.toISOString(),
});

const EXAMPLE: EventView = {
  event_id: '7c7b2c5e-7a52-4cc0-9d9c-3d1b2a4f5e60',
  occurred_at: '2026-11-22T10:15:00.123Z',
  action: 'file.downloaded',
  actor: 'user_42',
  actor_hash: null,
  subject: 'user_42',
  subject_hash: null,
  request_id: '4f8b1f0e-3c55-4a53-9f0e-0d9b4f7a5f11',
  address: '203.0.113.7',
  job_id: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60',
  schedule_id: null,
  details: { type: 'orders', format: 'CSV', by: 'token', rows: 139_959, bytes: 27_015_560 },
};

export const listAudit = defineRoute({
  method: 'get',
  path: '/v1/audit',
  id: 'listAudit',
  tag: 'Users',
  summary: 'List audit events',
  description:
    'Lists who previewed, requested, downloaded, canceled, deleted, erased, scheduled or saved what in your tenant, which exports operators canceled or terminated, and which requests were refused.',
  scope: 'exports:admin',
  query: () => querySchema,
  answers: {
    200: {
      description: 'A page of events, newest first',
      schema: listSchema,
      example: { events: [EXAMPLE], next_cursor: null },
    },
  },
  problems: ['JOB_STORE_UNAVAILABLE'],
  handle:
    ({ audit }) =>
    async ({ query: { cursor, limit, job_id: jobId, ...filters }, principal: { tenantId } }) => {
      const after = cursor === undefined ? undefined : { occurredAt: cursor.createdAt, eventId: cursor.id };
      // One more than is shown tells whether there is a next page.
      const rows = await audit.list({ ...filters, tenantId, jobId, after, limit: limit + 1 });
      return {
        status: 200,
        body: {
          events: rows.slice(0, limit).map(eventView),
          next_cursor: nextCursor(rows, limit, ({ occurred_at, event_id: id }) => ({ createdAt: occurred_at, id })),
        },
      };
    },
});
