import { z } from 'zod';
import type { ScheduleRun, StoredSchedule } from '../../shared/schedules/stored-schedule.js';
import { definitionSchema } from '../../shared/schedules/definition.js';

/** A schedule as clients see it. */

const moment = z.iso.datetime();

const runSchema = z.strictObject({
  due_at: moment.describe('When the run is due; relative ranges count from this time'),
  started_at: moment,
  job_id: z.guid().describe('The export of the run, which exists once the run starts'),
});

export const scheduleSchema = definitionSchema
  .extend({
    schedule_id: z.guid(),
    cron: z.string().nullable(),
    every_seconds: z.int().nullable(),
    timezone: z.string(),
    ends_at: z.iso.datetime({ offset: true }).nullable(),
    request: z
      .record(z.string(), z.unknown())
      .describe(
        "As it was sent; lists omit its `filters` and `columns`. With `saved_export_id`, only the saved request's `type`, `format`, `on_behalf_of` and, if it is your own, `notify`, as they were when the schedule was created or replaced",
      ),
    saved_export_id: z.guid().nullable(),
    paused: z.boolean(),
    next_runs: z.array(moment).describe('The next few runs, listed even while the schedule is paused'),
    recent_runs: z.array(runSchema).describe('The last ten, newest first'),
    created_at: moment,
  })
  .meta({ id: 'Schedule' });
export type ScheduleView = z.infer<typeof scheduleSchema>;

const runView = ({ dueAt, startedAt, jobId }: ScheduleRun) => ({
  due_at: dueAt.toISOString(),
  started_at: startedAt.toISOString(),
  job_id: jobId,
});

export function scheduleView({ input, ...schedule }: StoredSchedule): ScheduleView {
  const { definition, scheduleId } = input;
  return {
    schedule_id: scheduleId,
    ...definition,
    cron: definition.cron ?? null,
    every_seconds: definition.every_seconds ?? null,
    ends_at: definition.ends_at ?? null,
    request: { ...definition.request },
    saved_export_id: definition.saved_export_id ?? null,
    paused: schedule.paused,
    next_runs: schedule.nextRuns.map((time) => time.toISOString()),
    recent_runs: schedule.recentRuns.map(runView),
    created_at: schedule.createdAt.toISOString(),
  };
}

/** A schedule in a list, without its filters and columns, which can be 100 KB each. */
export function listedSchedule(schedule: StoredSchedule): ScheduleView {
  const view = scheduleView(schedule);
  const { filters: _filters, columns: _columns, ...request } = view.request;
  return { ...view, request };
}

export const SCHEDULE_EXAMPLE: ScheduleView = {
  schedule_id: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e61',
  name: 'Monthly orders',
  cron: '0 6 1 * *',
  every_seconds: null,
  timezone: 'Europe/Berlin',
  overlap: 'skip',
  ends_at: null,
  request: { type: 'orders', format: 'XLSX', filters: { date_range: 'last_month' } },
  saved_export_id: null,
  paused: false,
  next_runs: ['2026-12-01T05:00:00.000Z', '2027-01-01T05:00:00.000Z'],
  recent_runs: [
    {
      due_at: '2026-11-01T05:00:00.000Z',
      started_at: '2026-11-01T05:00:00.021Z',
      job_id: '5f1c3a1a-7a52-5cc0-9d9c-3d1b2a4f5e60',
    },
  ],
  created_at: '2026-10-22T10:11:12.345Z',
};

export const LISTED_SCHEDULE_EXAMPLE: ScheduleView = {
  ...SCHEDULE_EXAMPLE,
  request: { type: 'orders', format: 'XLSX' },
};
