import type { CalendarSpec, ScheduleOptions } from '@temporalio/client';
import { nameInSummary } from '../temporal/name-in-summary.js';
import { CONTROL_QUEUE } from '../temporal/names.js';
import { partiesOfRuns, scheduledWorkflowId, type ScheduledExportInput } from './contract.js';
import { parseCron, type Calendar } from './cron.js';
import { ownerSearchAttributes } from '../temporal/search-attributes.js';

const HOUR_MS = 3_600_000;

const MONTHS = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST'] as const),
  ...(['SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
] as const;
const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

/**
 * Runs that were due while Temporal was down, within the catch-up window, run once it is back, following the same
 * policy. The first two policies skip most of them; if each run cancels the previous one, few complete.
 */
const POLICIES = {
  skip: { overlap: 'SKIP', catchupWindow: 24 * HOUR_MS },
  buffer_one: { overlap: 'BUFFER_ONE', catchupWindow: 24 * HOUR_MS },
  cancel_other: { overlap: 'CANCEL_OTHER', catchupWindow: HOUR_MS },
} as const;

/** The schedule in Temporal's form. */
export function optionsFor(input: ScheduledExportInput) {
  const { definition, scheduleId } = input;
  const { cron, every_seconds: seconds, timezone, ends_at: endsAt } = definition;
  const owner = ownerSearchAttributes(partiesOfRuns(input));
  return {
    spec: {
      timezone,
      calendars: cron === undefined ? [] : parseCron(cron).calendars.map(calendarSpec),
      intervals: seconds === undefined ? [] : [{ every: seconds * 1000 }],
      ...(endsAt === undefined ? {} : { endAt: new Date(endsAt) }),
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduledExportWorkflow',
      workflowId: scheduledWorkflowId(scheduleId),
      taskQueue: CONTROL_QUEUE,
      args: [input],
      typedSearchAttributes: owner,
      staticSummary: nameInSummary(definition.name),
    },
    policies: POLICIES[definition.overlap],
    typedSearchAttributes: owner,
  } as const satisfies Partial<ScheduleOptions>;
}

const calendarSpec = ({ minutes, hours, daysOfMonth, months, daysOfWeek }: Calendar): CalendarSpec => ({
  minute: [...minutes],
  hour: [...hours],
  ...(daysOfMonth === undefined ? {} : { dayOfMonth: [...daysOfMonth] }),
  ...(months === undefined ? {} : { month: months.flatMap((month) => MONTHS[month - 1] ?? []) }),
  ...(daysOfWeek === undefined ? {} : { dayOfWeek: daysOfWeek.flatMap((day) => DAYS[day] ?? []) }),
});
