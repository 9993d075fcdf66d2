import type { Request } from 'express';
import type { AuditAction } from '../../shared/audit/event.js';
import type { UserRef } from '../../shared/contract.js';
import { ERRORS, ServiceError } from '../../shared/errors.js';
import { namesInStored } from '../../shared/job/audit-events.js';
import { partiesOfRuns, type ScheduleDefinition } from '../../shared/schedules/contract.js';
import type { ApiDeps } from '../deps.js';
import { originOf } from '../http/origin.js';

interface ScheduleChange {
  readonly scheduleId: string;
  readonly definition: ScheduleDefinition;
  readonly request: Request;
  /** Identifies the change. The same change to the same version is a repeated request, which records nothing. */
  readonly content: string;
  /** The schedule's version before the change; undefined for a new schedule. */
  readonly version?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Records a change or a run of a schedule, then makes it: Temporal has the schedule, so the two can't be one
 * transaction, and a change without an event would be worse than an event whose change the client has to repeat. If the
 * change is refused for good, another event says so.
 */
export async function auditedChange<T>(
  action: AuditAction,
  { tenantId, userId }: UserRef,
  { scheduleId, definition, request, content, version = '', details = {} }: ScheduleChange,
  { audit, logger }: Pick<ApiDeps, 'audit' | 'logger'>,
  make: () => Promise<T>,
): Promise<T> {
  const event = {
    action,
    tenantId,
    subject: partiesOfRuns({ tenantId, userId, definition }).userId,
    origin: originOf(request),
    scheduleId,
    details: { ...namesInStored(definition.request), ...details },
  };
  const eventId = await audit.recordOfSchedule(event, `${content} ${version}`);
  try {
    return await make();
  } catch (error) {
    if (error instanceof ServiceError && !ERRORS[error.code].retryable) {
      const refused = {
        action: 'schedule.refused',
        details: { ...event.details, change: action, code: error.code },
      } as const;
      await audit.record({ ...event, ...refused, once: `${eventId} refused` }).catch((cause: unknown) => {
        logger.warn({ err: cause }, 'a refused change could not be recorded in the audit log');
      });
    }
    throw error;
  }
}
