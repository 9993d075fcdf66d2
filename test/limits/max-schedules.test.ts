import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { TimeZones } from '../../api/exports/time-zones.js';
import { assertProblem } from '../api/problems.js';
import { someone, startApi, type TestApi } from '../api/support.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { until } from '../support/exports.js';

const MOST = 5;
/** Temporal's timezone names are case-sensitive; Node.js's are not. */
const MISSPELLED = 'europe/berlin';
const BODY = { name: 'Nightly', cron: '0 3 * * *', request: { type: 'orders', format: 'csv' } };

describe('MAX_SCHEDULES', () => {
  let api: TestApi;
  let other: TestApi;
  before(async () => {
    api = await startApi({ settings: { maxSchedules: MOST } });
    const timeZones = new TimeZones({ timeZones: () => Promise.resolve([MISSPELLED]) }, api.deps.logger);
    other = await startApi({ places: api.deps.places, timeZones, settings: { maxSchedules: MOST } });
  });
  after(async () => {
    await other.close();
    await api.close();
  });

  it('is exact for 80 concurrent requests to two API instances', async () => {
    const alice = someone();
    // A busy Temporal causes a 503, which says nothing about the limit: retry. Such a request may have created its
    // schedule, so it keeps its place until its lease ends.
    let unanswered = 0;
    const post = (n: number): Promise<Answer> =>
      until('an answer', async () => {
        const answer = await (n % 2 === 0 ? api : other).ask('POST', '/v1/schedules', { as: alice, body: BODY });
        if (answer.status === 503) unanswered += 1;
        return answer.status !== 503 && answer;
      });
    const answers = await Promise.all(Array.from({ length: 80 }, (_, n) => post(n)));
    const refused = answers.filter(({ status }) => status !== 201);
    assert(refused.length >= 80 - MOST, `${80 - refused.length} were accepted`);
    for (const answer of refused) assertProblem(answer, 'TOO_MANY_SCHEDULES');
    const listed = await api.ask('GET', '/v1/schedules?limit=100', { as: alice });
    const { schedules } = listed.json as { schedules: { schedule_id: string }[] };
    assert.ok(schedules.length <= MOST && schedules.length >= MOST - unanswered, `${schedules.length} were created`);
    // Rejected requests left no reservation.
    const sql = 'SELECT schedule_id FROM schedule_reservations';
    const reserved = await queryRows<{ schedule_id: string }>(api.databaseUrl, sql);
    const made = new Set(schedules.map(({ schedule_id: id }) => id));
    assert.ok(reserved.filter(({ schedule_id: id }) => !made.has(id)).length <= unanswered);
    for (const { schedule_id: id } of schedules) await api.ask('DELETE', `/v1/schedules/${id}`, { as: alice });
  });

  it('counts a schedule that another process is creating, until its lease ends', async () => {
    const alice = someone();
    for (let n = 0; n < MOST; n++) await api.deps.places.reserveSchedule(alice, randomUUID());
    assertProblem(await api.ask('POST', '/v1/schedules', { as: alice, body: BODY }), 'TOO_MANY_SCHEDULES');
    assert.equal((await api.ask('POST', '/v1/schedules', { as: someone(), body: BODY })).status, 201);
    await queryRows(api.databaseUrl, `UPDATE schedule_reservations SET reserved_until = now() - interval '1 second'`);
    assert.equal((await api.ask('POST', '/v1/schedules', { as: alice, body: BODY })).status, 201);
  });

  it('frees the place of a schedule that is deleted before Temporal lists it', async () => {
    const alice = someone();
    const create = (): Promise<Answer> => api.ask('POST', '/v1/schedules', { as: alice, body: BODY });
    const ids: string[] = [];
    for (let n = 0; n < MOST; n++) {
      const { status, json, text } = await create();
      assert.equal(status, 201, text);
      ids.push((json as { schedule_id: string }).schedule_id);
    }
    assertProblem(await create(), 'TOO_MANY_SCHEDULES');
    assert.equal((await api.ask('DELETE', `/v1/schedules/${ids[0] ?? ''}`, { as: alice })).status, 204);
    await until('a place', async () => (await create()).status === 201);
  });

  it('does not count a schedule that Temporal rejects', async () => {
    const alice = someone();
    const body = { ...BODY, timezone: MISSPELLED };
    for (let n = 0; n <= MOST; n++) {
      const answer = await other.ask('POST', '/v1/schedules', { as: alice, body });
      assertProblem(answer, 'VALIDATION_FAILED', ['/timezone']);
      assert.match(answer.text, /is not a timezone that schedules support/);
    }
  });

  it('counts two requests with one Idempotency-Key as one', async () => {
    const alice = someone();
    const headers = { 'Idempotency-Key': 'nightly' };
    const post = () => api.ask('POST', '/v1/schedules', { as: alice, body: BODY, headers });
    const answers = await Promise.all([post(), post(), post(), post(), post(), post(), post()]);
    const ids = answers.map(({ status, json }) => {
      assert.equal(status, 201);
      return (json as { schedule_id: string }).schedule_id;
    });
    assert.equal(new Set(ids).size, 1);
  });
});
