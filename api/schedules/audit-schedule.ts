import type { Request } from 'express';
import type { AuditAction } from '../../shared/audit/event.js';
import type { UserRef } from '../../shared/contract.js';
import { partiesOfRuns, type ScheduleDefinition } from '../../shared/schedules/contract.js';
import type { ApiDeps } from '../deps.js';
import { originOf } from '../http/origin.js';

interface ScheduleChange {
  readonly scheduleId: string;
  readonly definition: ScheduleDefinition;
  readonly request: Request;
  /** Says which change it is, so that a repeated request records nothing. */
  readonly once: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Records a change of a schedule before it is made: Temporal has the schedule, so the two can't be one transaction, and a
 * change without an event would be worse than an event whose change the client has to repeat.
 */
export async function auditSchedule(
  action: AuditAction,
  { tenantId, userId }: UserRef,
  { scheduleId, definition, request, once, details = {} }: ScheduleChange,
  { audit }: Pick<ApiDeps, 'audit'>,
): Promise<void> {
  const { type, format } = definition.request;
  await audit.record({
    action,
    tenantId,
    subject: partiesOfRuns({ tenantId, userId, definition }).userId,
    origin: originOf(request),
    scheduleId,
    details: { type, format: typeof format === 'string' ? format.toUpperCase() : format, ...details },
    once: `${scheduleId} ${action} ${once}`,
  });
}
