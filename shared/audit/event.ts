import { randomUUID } from 'node:crypto';
import { v5 } from 'uuid';
import type { AuditOrigin } from '../contract.js';

/** What is recorded, who did it and to whom. */

export const AUDIT_ACTIONS = [
  'export.requested',
  'export.refused',
  'export.previewed',
  'export.canceled',
  'export.terminated',
  'link.minted',
  'file.downloaded',
  'file.deleted',
  'user.erased',
  'schedule.created',
  'schedule.changed',
  'schedule.deleted',
  'schedule.run',
  'schedule.refused',
  'saved_export.created',
  'saved_export.changed',
  'saved_export.deleted',
  'webhook_secret.rotated',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEvent {
  readonly action: AuditAction;
  readonly tenantId: string;
  /** Whose data or exports it is about. */
  readonly subject: string;
  readonly origin: AuditOrigin;
  readonly jobId?: string;
  readonly scheduleId?: string;
  /** Names and figures: no values of filters, nothing personal. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Identifies the action, so that another attempt at it records nothing. If absent, every call records an event. */
  readonly once?: string;
}

/** Must never change: a repeated request would be recorded twice. */
const NAMESPACE = '0b7f3ef0-8a55-4a35-9f0f-5b8a3a2f6c11';

export const eventIdOf = (once: string | undefined): string =>
  once === undefined ? randomUUID() : v5(once, NAMESPACE);

/** The columns that an insert sets; the database adds the time. */
const row = ({ action, tenantId, subject, origin, jobId, scheduleId, details, once }: AuditEvent) => ({
  event_id: eventIdOf(once),
  tenant_ref: tenantId,
  action,
  actor_ref: origin.actor,
  subject_ref: subject,
  request_id: origin.requestId,
  address: origin.address,
  job_id: jobId ?? null,
  schedule_id: scheduleId ?? null,
  details,
});
const COLUMNS: readonly (keyof ReturnType<typeof row>)[] = [
  'event_id',
  'tenant_ref',
  'action',
  'actor_ref',
  'subject_ref',
  'request_id',
  'address',
  'job_id',
  'schedule_id',
  'details',
];

/** The parameter of {@link insertAudit}. */
export const auditParameter = (event: AuditEvent): string => JSON.stringify(row(event));

/**
 * Inserts an event, once for each row of `from`: a CTE that changes a job then records its change, or does nothing.
 * @param parameter the number of the parameter that holds the event
 * @param from a relation with one row, or none
 */
export const insertAudit = (parameter: number, from?: string): string =>
  `INSERT INTO audit_events (${COLUMNS.join(', ')})
   SELECT ${COLUMNS.map((name) => `e.${name}`).join(', ')}
   FROM ${from === undefined ? '' : `${from}, `}jsonb_populate_record(NULL::audit_events, $${parameter}::jsonb) AS e
   ON CONFLICT (event_id) DO NOTHING`;
