import type { JobParties, UserRef } from '../contract.js';
import { readReference } from '../identity/reference.js';
import { tenantUuid, userUuid } from '../identity/uuids.js';

/** Types and names of schedules that the API, workflows and activities share. Safe to import in workflows. */

export const OVERLAPS = ['skip', 'buffer_one', 'cancel_other'] as const;
export type Overlap = (typeof OVERLAPS)[number];

export interface ScheduleDefinition {
  readonly name: string;
  /** Five fields; either this or `every_seconds`. */
  readonly cron?: string | undefined;
  readonly every_seconds?: number | undefined;
  /** The name of a timezone. */
  readonly timezone: string;
  readonly overlap: Overlap;
  /** ISO 8601. */
  readonly ends_at?: string | undefined;
  /** Runs use its request, as it is then, and fail if it is gone. */
  readonly saved_export_id?: string | undefined;
  /**
   * Stored as sent, except for the spelling of `on_behalf_of`; checked again at every run. With a saved export, only
   * its `type`, `format`, `on_behalf_of` and, if the user owns it, `notify`, as saved when the schedule was created.
   */
  readonly request: Readonly<Record<string, unknown>>;
}

/** The argument of every run. Temporal stores it with the schedule; there is no other copy. */
export interface ScheduledExportInput extends UserRef {
  readonly scheduleId: string;
  /** The recipient of mails if the request doesn't name one. */
  readonly email?: string;
  readonly definition: ScheduleDefinition;
}

/** The user whom a schedule's exports are made for, and the schedule's owner, if that is somebody else. */
export function partiesOfRuns({ tenantId, userId, definition }: Omit<ScheduledExportInput, 'scheduleId'>): JobParties {
  const { on_behalf_of: sent } = definition.request;
  const user = typeof sent === 'string' ? readReference(sent) : null;
  return user === null || user === userId ? { tenantId, userId } : { tenantId, userId: user, requestedBy: userId };
}

/** The schedule's id in Temporal. It contains the owner, so users can't address other users' schedules. */
export const temporalScheduleId = (owner: UserRef, scheduleId: string): string =>
  `${scheduleIdPrefix(owner)}${scheduleId}`;
export const scheduleIdPrefix = (owner: UserRef): string =>
  `${OF_USERS}${tenantUuid(owner.tenantId)}/${userUuid(owner)}/`;
const OF_USERS = 'export-schedule/';
/**
 * Whether a schedule in the namespace belongs to a user of this service. Other applications may have schedules there.
 */
export const isUserSchedule = (temporalId: string): boolean => temporalId.startsWith(OF_USERS);
/** Temporal appends the time at which a run was due. */
export const scheduledWorkflowId = (scheduleId: string): string => `${RUN}${scheduleId}`;
const RUN = 'scheduled-export/';
const UUID_LENGTH = 36;
/** The schedule of a run; null for other workflows. */
export const scheduleIdOfRun = (workflowId: string): string | null =>
  workflowId.startsWith(RUN) ? workflowId.slice(RUN.length, RUN.length + UUID_LENGTH) : null;

/** An export that a schedule is about to start. */
export interface DueExport extends ScheduledExportInput {
  /** The workflow id of the run: the same for every retry. */
  readonly workflowId: string;
  /** When it was due, ISO 8601. */
  readonly dueAt: string;
}
