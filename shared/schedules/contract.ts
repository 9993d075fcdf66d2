import type { UserRef } from '../contract.js';

/** What API, workflows and activities say to each other about schedules. Workflow-safe. */

export const OVERLAPS = ['skip', 'buffer_one', 'cancel_other'] as const;
export type Overlap = (typeof OVERLAPS)[number];

export interface ScheduleDefinition {
  readonly name: string;
  /** Five fields; either this or `every_seconds`. */
  readonly cron?: string | undefined;
  readonly every_seconds?: number | undefined;
  /** By name. */
  readonly timezone: string;
  readonly overlap: Overlap;
  /** ISO 8601. */
  readonly ends_at?: string | undefined;
  /** As it was sent; it is checked again at every run. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** The argument of every run. Temporal keeps it with the schedule: it is where a schedule is stored. */
export interface ScheduledExportInput extends UserRef {
  readonly scheduleId: string;
  /** Where mails go if the request does not say. */
  readonly email?: string;
  readonly definition: ScheduleDefinition;
}

/** Temporal's own id. It has the owner in it: nobody can name the schedule of somebody else. */
export const temporalScheduleId = ({ tenantId, userId }: UserRef, scheduleId: string): string =>
  `${scheduleIdPrefix({ tenantId, userId })}${scheduleId}`;
export const scheduleIdPrefix = ({ tenantId, userId }: UserRef): string => `${OF_USERS}${tenantId}/${userId}/`;
const OF_USERS = 'export-schedule/';
/** Whether a schedule of the namespace is one of a user. Other applications may have theirs there. */
export const isUserSchedule = (temporalId: string): boolean => temporalId.startsWith(OF_USERS);
/** Temporal appends the time that a run was due. */
export const scheduledWorkflowId = (scheduleId: string): string => `scheduled-export/${scheduleId}`;

/** An export that a schedule starts, before it is one. */
export interface DueExport extends ScheduledExportInput {
  /** Of the run: the same for every retry of it. */
  readonly workflowId: string;
  /** When it was due, ISO 8601. */
  readonly dueAt: string;
}
