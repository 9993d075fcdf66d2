import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { scheduleSchema, type ScheduleView } from '../../api/schedules/schedule-schema.js';
import { temporalScheduleId } from '../../shared/schedules/contract.js';
import { assertProblem } from '../api/problems.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { readJob, until, untilEnded } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from '../workflows/doors.js';
import { mailsTo, post, slotsOf, someReader, untilMailed } from '../workflows/support.js';

const YEARLY = {
  name: 'Yearly orders',
  cron: '0 6 1 1 *',
  timezone: 'Europe/Berlin',
  request: { type: 'orders', format: 'csv', columns: ['id'], filters: { date_range: 'last_year' } },
};
const runSchema = z.object({ job_id: z.string().nullable() });
const listSchema = z.object({ schedules: z.array(scheduleSchema), next_cursor: z.string().nullable() });

describe('a schedule', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    ({ service, doors } = await startStage());
    door = await doors.closed(1);
  });
  after(() => endStage({ service, doors }));

  const ask = (method: string, path: string, as: Principal, body?: object): Promise<Answer> =>
    service.ask(method, `/v1/schedules${path}`, { as, ...(body === undefined ? {} : { body }) });

  async function made(as: Principal, body: object = {}): Promise<ScheduleView> {
    const answer = await ask('POST', '', as, { ...YEARLY, ...body });
    assert.equal(answer.status, 201, answer.text);
    return scheduleSchema.parse(answer.json);
  }
  async function seen(as: Principal, { schedule_id: id }: ScheduleView): Promise<ScheduleView> {
    const answer = await ask('GET', `/${id}`, as);
    assert.equal(answer.status, 200, answer.text);
    return scheduleSchema.parse(answer.json);
  }
  /** Runs the schedule now. @returns its export's id */
  async function run(as: Principal, { schedule_id: id }: ScheduleView): Promise<string> {
    const answer = await ask('POST', `/${id}/run`, as);
    assert.equal(answer.status, 202, answer.text);
    const { job_id: jobId } = runSchema.parse(answer.json);
    assert(jobId !== null);
    return jobId;
  }
  /** An export appears only when its run starts. */
  const untilListed = (as: Principal, jobId: string): Promise<boolean> =>
    until(`export ${jobId}`, async () => (await service.deps.jobs.findOwned(jobId, as)) !== null);

  /** As shown in lists: without the request's filters and columns. */
  const listed = <S extends { readonly request: Readonly<Record<string, unknown>> }>(one: S) => {
    const { filters: _filters, columns: _columns, ...request } = one.request;
    return { ...one, request };
  };

  it('can be created, listed, changed, paused and deleted', async () => {
    const user = someUser();
    const [first, second, third] = [await made(user), await made(user, { name: 'Second' }), await made(user)];
    assert.equal(first.next_runs[0]?.slice(4), '-01-01T05:00:00.000Z', 'six in Berlin');
    assert.deepEqual(first.request, YEARLY.request);

    const page = listSchema.parse((await ask('GET', '?limit=2', user)).json);
    assert.deepEqual(page.schedules, [third, second].map(listed));
    const rest = listSchema.parse((await ask('GET', `?limit=2&cursor=${page.next_cursor ?? ''}`, user)).json);
    assert.deepEqual([rest.schedules, rest.next_cursor], [[listed(first)], null]);

    assert.equal((await ask('POST', `/${first.schedule_id}/pause`, user)).status, 200);
    const change = { name: 'Hourly', every_seconds: 3600, overlap: 'buffer_one', request: YEARLY.request };
    const changed = await ask('PUT', `/${first.schedule_id}`, user, change);
    assert.equal(changed.status, 200, changed.text);
    const view = await seen(user, first);
    assert.deepEqual(
      { ...view, next_runs: [] },
      { ...first, ...change, cron: null, timezone: 'UTC', paused: true, next_runs: [] },
    );
    assert.match(view.next_runs[0] ?? '', /:00:00\.000Z$/);
    const { json } = await ask('POST', `/${first.schedule_id}/unpause`, user);
    assert.equal(scheduleSchema.parse(json).paused, false);

    assert.equal((await ask('DELETE', `/${first.schedule_id}`, user)).status, 204);
    assertProblem(await ask('GET', `/${first.schedule_id}`, user), 'NOT_FOUND');
    assertProblem(await ask('DELETE', `/${first.schedule_id}`, user), 'NOT_FOUND');
    const left = listSchema.parse((await ask('GET', '', user)).json);
    assert.deepEqual(left.schedules, [third, second].map(listed));
  });

  it('is not found by another user, or by the same user id in another tenant', async () => {
    const [alice, bob] = [someUser(), someUser()];
    const schedule = await made(alice);
    const namesake = { ...alice, tenantId: bob.userId };
    for (const stranger of [bob, namesake]) {
      for (const [method, path] of [
        ['GET', ''],
        ['PUT', ''],
        ['DELETE', ''],
        ['POST', '/pause'],
        ['POST', '/unpause'],
        ['POST', '/run'],
      ] as const) {
        const body = method === 'PUT' ? YEARLY : undefined;
        assertProblem(await ask(method, `/${schedule.schedule_id}${path}`, stranger, body), 'NOT_FOUND');
      }
      assert.deepEqual(listSchema.parse((await ask('GET', '', stranger)).json).schedules, []);
    }
    assert.deepEqual(await seen(alice, schedule), schedule);
  });

  it('is rejected with a pointer to every invalid field if it cannot work', async () => {
    const user = someUser();
    const { request, ...times } = YEARLY;
    const wrong: readonly (readonly [object, readonly string[]])[] = [
      [{ ...YEARLY, cron: '61 6 1 * *' }, ['/cron']],
      [{ ...YEARLY, cron: '0 6 30 2 *' }, ['/cron']],
      [{ ...YEARLY, every_seconds: 60 }, ['/cron']],
      [{ ...YEARLY, cron: undefined }, ['/cron']],
      [{ ...YEARLY, cron: undefined, every_seconds: 0 }, ['/every_seconds']],
      [{ ...YEARLY, timezone: 'Mars/Olympus', name: '' }, ['/name', '/timezone']],
      [{ ...YEARLY, ends_at: '2020-01-01T00:00:00Z' }, ['/ends_at']],
      [{ ...YEARLY, overlap: 'pile_up', color: 'red' }, ['/overlap', '/color']],
      [times, ['/request']],
      [{ ...YEARLY, request: { ...request, type: 'nothing' } }, ['/request/type']],
      [{ ...YEARLY, request: { ...request, filters: { date_range: 'last_eon' } } }, ['/request/filters/date_range']],
      [
        { ...YEARLY, cron: 'now', request: { ...request, format: 'docx', columns: ['x'] } },
        ['/cron', '/request/format', '/request/columns/0'],
      ],
    ];
    for (const [body, pointers] of wrong) {
      assertProblem(await ask('POST', '', user, body), 'VALIDATION_FAILED', pointers);
    }
    assert.deepEqual(listSchema.parse((await ask('GET', '', user)).json).schedules, []);
  });

  it('is created once per Idempotency-Key, and never beyond the limit', async () => {
    const user = someUser();
    const keyed = (body: object): Promise<Answer> =>
      service.ask('POST', '/v1/schedules', { as: user, body, headers: { 'Idempotency-Key': 'once' } });
    const [one, same, other] = [await keyed(YEARLY), await keyed(YEARLY), await keyed({ ...YEARLY, name: 'Other' })];
    assert.deepEqual([one.status, same.json], [201, one.json]);
    assertProblem(other, 'IDEMPOTENCY_KEY_REUSED');
    for (let count = 1; count < 4; count++) await made(user);
    assertProblem(await ask('POST', '', user, YEARLY), 'TOO_MANY_SCHEDULES');
  });

  it("runs on demand as an ordinary job, with the day's range in its timezone, and notifies its user", async () => {
    const user = someReader();
    const schedule = await made(user);
    const jobId = await run(user, schedule);
    await untilListed(user, jobId);
    const { filters, options, schedule_id: scheduleId } = await untilEnded(service, user, jobId);
    assert.equal(scheduleId, schedule.schedule_id);
    const year = Number(new Date().toLocaleString('en', { timeZone: 'Europe/Berlin', year: 'numeric' }));
    assert.deepEqual(filters, { date_range: [`${year - 1}-01-01`, `${year}-01-01`] });
    assert.equal((options as { timezone: string }).timezone, 'Europe/Berlin');
    assert.deepEqual(await untilMailed(user), ['Your export “Yearly orders” is ready']);
    const { recent_runs: runs } = await seen(user, schedule);
    assert.deepEqual(
      runs.map(({ job_id }) => job_id),
      [jobId],
    );
  });

  it('runs on time, each run as a separate export', async () => {
    const user = someUser();
    const schedule = await made(user, { cron: undefined, every_seconds: 1 });
    const ids = await until('two runs', async () => {
      const { recent_runs: runs } = await seen(user, schedule);
      return runs.length >= 2 && runs.map(({ job_id }) => job_id);
    });
    assert.equal((await ask('DELETE', `/${schedule.schedule_id}`, user)).status, 204);
    assert.equal(new Set(ids).size, ids.length);
    for (const jobId of ids) await until(jobId, async () => await service.deps.jobs.findOwned(jobId, user));
    for (const jobId of ids) await untilEnded(service, user, jobId);
  });

  deeply('waits for a slot instead of being rejected, and skips runs that fall due in the meantime', async () => {
    const user = someUser();
    const schedule = await made(user);
    const active = [await post(service, user, behind(1)), await post(service, user, behind(1))];
    await door.untilWaiting(2);
    assert.equal((await post(service, user)).status, 429);

    const jobId = await run(user, schedule);
    await until('it waits', async () => (await slotsOf(service, user))?.waiters.includes(jobId));
    assert.equal((await readJob(service, user, jobId)).status, 'QUEUED');
    assertProblem(await ask('POST', `/${schedule.schedule_id}/run`, user), 'STILL_ACTIVE');
    await door.open();
    for (const { json } of active) await untilEnded(service, user, (json as { job_id: string }).job_id);
    await untilEnded(service, user, jobId);
    await door.close();
  });

  it('leaves a failed job with the reason once its request is invalid, and notifies its user', async () => {
    const user = someReader();
    const schedule = await made(user);
    const { client } = service.deps.temporal;
    const handle = client.schedule.getHandle(temporalScheduleId(user, schedule.schedule_id));
    /** As if the datasets had changed: the API would reject the request. */
    const become = (request: object): Promise<void> =>
      handle.update(({ action, ...rest }) => {
        const [input] = action.args as [{ definition: object }];
        return { ...rest, action: { ...action, args: [{ ...input, definition: { ...input.definition, request } }] } };
      });
    const cases = [
      [
        { ...YEARLY.request, type: 'abandoned' },
        'DATASET_UNAVAILABLE',
        "This dataset isn't set up correctly, so it can't be exported.",
      ],
      [
        { ...YEARLY.request, columns: ['id', 'dropped'] },
        'SCHEDULE_OUTDATED',
        /^The schedule's request is no longer valid: \/columns\/1 must be one of id, /,
      ],
    ] as const;
    const ran = new Set<string>();
    for (const [request, code, sentence] of cases) {
      await become(request);
      const jobId = await until('a new run', async () => {
        const { status, json } = await ask('POST', `/${schedule.schedule_id}/run`, user);
        // The previous run is about to close, or ran in the same second.
        const id = status === 202 ? runSchema.parse(json).job_id : null;
        return id !== null && !ran.has(id) && id;
      });
      ran.add(jobId);
      await untilListed(user, jobId);
      const job = await untilEnded(service, user, jobId, 'FAILED');
      assert.equal(job.error_code, code);
      if (typeof sentence === 'string') assert.equal(job.error_message, sentence);
      else assert.match(job.error_message ?? '', sentence);
    }
    await until('both mails', async () => (await mailsTo(user)).length >= 2);
    const subject = 'Your export “Yearly orders” failed';
    assert.deepEqual(await untilMailed(user), [subject, subject]);
    const rows = await queryRows(service.databaseUrl, 'SELECT FROM export_jobs WHERE user_id = $1', [user.userId]);
    assert.equal(rows.length, 2);
  });
});
