import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../shared/errors.js';
import { TimeZoneNames } from '../../shared/time-zones.js';
import { TimeZones } from '../../api/time-zones.js';
import type { Answer } from '../support/ask.js';
import { assertProblem } from './problems.js';
import { someone, startApi, type TestApi } from './support.js';

const EXPORT = { type: 'orders', format: 'csv', columns: ['id'] };
const SCHEDULE = { name: 'Nightly', cron: '0 3 * * *', request: EXPORT };

describe('a timezone', () => {
  let api: TestApi;
  const alice = someone();
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const ask = (path: string, body: object, over: TestApi = api): Promise<Answer> =>
    over.ask('POST', path, { as: alice, body });

  for (const timezone of ['PST', 'IST', 'Mars/Olympus', '+01:00', 'posix/Europe/Berlin']) {
    it(`${timezone}, which is nobody's name for a place, is a 400 with its field everywhere`, async () => {
      const options = { timezone };
      assertProblem(await ask('/v1/exports', { ...EXPORT, options }), 'VALIDATION_FAILED', ['/options/timezone']);
      const estimate = await ask('/v1/exports/estimate', { ...EXPORT, options });
      assertProblem(estimate, 'VALIDATION_FAILED', ['/options/timezone']);
      const schedule = await ask('/v1/schedules', { ...SCHEDULE, timezone });
      assert.equal(schedule.status, 400);
      assert.ok(schedule.text.includes('"pointer":"/timezone"'), schedule.text);
      const ofRequest = await ask('/v1/schedules', { ...SCHEDULE, request: { ...EXPORT, options } });
      assertProblem(ofRequest, 'VALIDATION_FAILED', ['/request/options/timezone']);
    });
  }

  it('is taken in any case, and answered as it is spelled', async () => {
    const answer = await ask('/v1/schedules', {
      ...{ ...SCHEDULE, timezone: 'europe/berlin' },
      request: { ...EXPORT, options: { timezone: 'AMERICA/new_york' } },
    });
    assert.equal(answer.status, 201, answer.text);
    const made = answer.json as { timezone: string; request: { options: object }; schedule_id: string };
    assert.equal(made.timezone, 'Europe/Berlin');
    assert.deepEqual(made.request.options, { timezone: 'America/New_York' });
    await api.ask('DELETE', `/v1/schedules/${made.schedule_id}`, { as: alice });
  });

  it('by an old name or a new one is the one that the database has', () => {
    const old = new TimeZoneNames(['Asia/Calcutta', 'Europe/Kiev', 'UTC', 'Europe/Berlin']);
    assert.equal(old.nameOf('asia/kolkata'), 'Asia/Calcutta');
    assert.equal(old.nameOf('Europe/Kyiv'), 'Europe/Kiev');
    const recent = new TimeZoneNames(['Asia/Kolkata', 'Europe/Kyiv', 'America/Los_Angeles']);
    assert.equal(recent.nameOf('Asia/Calcutta'), 'Asia/Kolkata');
    assert.equal(recent.nameOf('Europe/Kiev'), 'Europe/Kyiv');
    assert.equal(recent.nameOf('US/Pacific'), 'America/Los_Angeles');
    const both = new TimeZoneNames(['Asia/Calcutta', 'Asia/Kolkata']);
    assert.equal(both.nameOf('Asia/Kolkata'), 'Asia/Kolkata');
    for (const name of ['PST', 'IST', 'Mars/Olympus']) assert.equal(recent.nameOf(name), null);
  });

  it('that every database has is exported though the database has not been asked', async () => {
    const lists: number[] = [];
    const source = { timeZones: () => Promise.reject(new Error('away')) };
    const zones = new TimeZones(source, { warn: () => lists.push(1) });
    const request = { ...EXPORT, format: 'CSV', filters: {}, notify: {} };
    const named = (timezone: string) => zones.ofRequest({ ...request, options: { timezone } });
    assert.equal((await named('UTC')).options.timezone, 'UTC');
    assert.equal(lists.length, 0);
    for (let n = 0; n < 3; n++) assert.equal((await named('Europe/Berlin')).options.timezone, 'Europe/Berlin');
    assert.equal(lists.length, 1, 'a database that is away is not asked at each request');
  });

  it('that Temporal does not know is a 400, not an outage', async () => {
    const input = {
      ...{ scheduleId: randomUUID(), userId: alice.userId, tenantId: alice.tenantId },
      definition: { ...SCHEDULE, timezone: 'europe/berlin', overlap: 'skip' as const },
    };
    const memo = { createdAt: new Date().toISOString(), requestHash: 'x' };
    await assert.rejects(api.deps.schedules.create(input, memo), (error) => {
      assert.ok(error instanceof ServiceError);
      assert.equal(error.code, 'VALIDATION_FAILED');
      assert.deepEqual(
        (error.details.errors as { pointer: string }[]).map(({ pointer }) => pointer),
        ['/timezone'],
      );
      return true;
    });
  });
});
