import assert from 'node:assert/strict';
import { defineDataset } from '../../shared/datasets/index.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { download, postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';

const ZONE = 'Europe/Berlin';
/** The same moment in columns of three types. */
const COLUMNS = { day: 'date', wall_clock: 'timestamp', instant: 'timestamptz' } as const;
type Column = keyof typeof COLUMNS;
const FILTERED = Object.keys(COLUMNS) as readonly Column[];

const moments = defineDataset({
  ...{ name: 'moments', title: 'Moments', table: 'moments', key: ['id'], tenantColumn: 'tenant_id' },
  columns: {
    id: { type: 'integer' },
    day: { type: 'date' },
    wall_clock: { type: 'timestamp' },
    instant: { type: 'timestamptz' },
  },
  filters: {
    day: { kind: 'date_range', column: 'day' },
    wall_clock: { kind: 'date_range', column: 'wall_clock' },
    instant: { kind: 'date_range', column: 'instant' },
  },
});

interface Range {
  readonly value: unknown;
  /** The first and the last day, as SQL; `today` is the day in the timezone. */
  readonly days: readonly [string, string];
}

/** Days with 25 and 23 hours, ends that are open, and days that depend on when the request arrives. */
const RANGES: Readonly<Record<string, Range>> = {
  last_month: {
    value: 'last_month',
    days: ["date_trunc('month', today) - interval '1 month'", "date_trunc('month', today) - interval '1 day'"],
  },
  last_7_days: { value: 'last_7_days', days: ['today - 7', 'today - 1'] },
  today: { value: 'today', days: ['today', 'today'] },
  'the day with 25 hours': { value: { from: '2026-10-25', to: '2026-10-25' }, days: ["'2026-10-25'", "'2026-10-25'"] },
  'two days, of which the first has 23 hours': {
    value: ['2026-03-29', '2026-03-31'],
    days: ["'2026-03-29'", "'2026-03-30'"],
  },
  'an open end': { value: { from: '2026-10-25' }, days: ["'2026-10-25'", "'infinity'"] },
  'an open start': { value: { to: '2026-03-29' }, days: ["'-infinity'", "'2026-03-29'"] },
};

describe('ranges of days', function () {
  this.timeout(60_000);
  const user = someUser();
  let service: TestService;

  before(async () => {
    service = await startService({ orders: 1, datasets: [moments] });
    await queryRows(
      service.databaseUrl,
      'CREATE TABLE moments (id int PRIMARY KEY, tenant_id uuid, day date, wall_clock timestamp, instant timestamptz)',
    );
    // The seconds around each midnight, and the middle of the day.
    await queryRows(
      service.databaseUrl,
      `INSERT INTO moments SELECT row_number() OVER (), $1, (instant AT TIME ZONE '${ZONE}')::date, instant AT TIME ZONE '${ZONE}',
         instant
       FROM (SELECT generate_series((current_date - 70)::timestamp, current_date + 1, '1 day')
         UNION SELECT generate_series('2026-03-27'::timestamp, '2026-04-01', '1 day')
         UNION SELECT generate_series('2026-10-23'::timestamp, '2026-10-27', '1 day')) AS days (midnight),
         unnest(ARRAY['-1 second', '0', '1 second', '12 hours']::interval[]) AS shift,
         LATERAL (SELECT (midnight AT TIME ZONE '${ZONE}') + shift AS instant) AS moments ORDER BY instant`,
      [user.tenantId],
    );
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  async function expected({ days: [from, to] }: Range): Promise<string[]> {
    const rows = await queryRows<{ id: number }>(
      service.databaseUrl,
      `SELECT id FROM moments, (SELECT (now() AT TIME ZONE '${ZONE}')::date AS today) AS now
       WHERE (instant AT TIME ZONE '${ZONE}')::date BETWEEN (${from})::date AND (${to})::date ORDER BY id`,
    );
    return rows.map(({ id }) => String(id));
  }
  const requestFor = (column: Column, { value }: Range) => ({
    ...{ type: 'moments', format: 'csv', columns: ['id'], filters: { [column]: value } },
    options: { timezone: ZONE, header: false },
  });
  async function idsOf(jobId: string): Promise<string[]> {
    await untilEnded(service, user, jobId);
    return String(await download(service, user, jobId))
      .split('\n')
      .filter((id) => id !== '');
  }
  async function post<T>(path: string, body?: object): Promise<T> {
    const answer = await service.ask('POST', path, { as: user, ...(body === undefined ? {} : { body }) });
    assert.ok(answer.status < 300, answer.text);
    return answer.json as T;
  }

  for (const [what, range] of Object.entries(RANGES)) {
    it(`have the same rows for columns of each type, in estimates and previews: ${what}`, async () => {
      const ids = await expected(range);
      assert.ok(ids.length > 0);
      for (const column of FILTERED) {
        const body = requestFor(column, range);
        const { rows } = await post<{ rows: number }>('/v1/exports/estimate', body);
        assert.equal(rows, ids.length, column);
        const { files } = await post<{ files: { rows: string[][] }[] }>('/v1/exports/preview?limit=100', body);
        assert.deepEqual(files[0]?.rows.flat(), ids.slice(0, 100), column);
      }
    });

    deeply(`have the same rows for columns of each type, in files: ${what}`, async () => {
      const ids = await expected(range);
      for (const column of FILTERED) {
        assert.deepEqual(await idsOf(await postExport(service, user, requestFor(column, range))), ids, column);
      }
    });
  }

  for (const what of ['last_month', 'the day with 25 hours', 'an open end'] as const) {
    deeply(`have the same rows in runs of saved exports and of schedules in a timezone: ${what}`, async () => {
      const range = RANGES[what] ?? assert.fail();
      const ids = await expected(range);
      for (const column of FILTERED) {
        const {
          options: { timezone: _, ...options },
          ...request
        } = requestFor(column, range);
        const { saved_export_id: saved } = await post<{ saved_export_id: string }>('/v1/saved-exports', {
          ...{ name: what, request: requestFor(column, range) },
        });
        const run = await post<{ job_id: string }>(`/v1/saved-exports/${saved}/run`);
        assert.deepEqual(await idsOf(run.job_id), ids, column);
        const { schedule_id: id } = await post<{ schedule_id: string }>('/v1/schedules', {
          ...{ name: what, cron: '@yearly', timezone: ZONE, request: { ...request, options } },
        });
        const { job_id: jobId } = await post<{ job_id: string }>(`/v1/schedules/${id}/run`);
        await until('its export', async () => (await service.deps.jobs.find(jobId)) !== null);
        assert.deepEqual(await idsOf(jobId), ids, column);
        await service.ask('DELETE', `/v1/schedules/${id}`, { as: user });
      }
    });
  }
});
