import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mock } from 'node:test';
import type { ExportRequest } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { TimeZoneNames } from '../../shared/schedules/time-zones.js';
import { idFor } from '../../api/http/input.js';
import { TimeZones } from '../../api/exports/time-zones.js';
import { hashRequest, parseExportRequest } from '../../shared/request/request.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import type { Answer } from '../support/answer.js';
import { assertProblem } from './problems.js';
import { seedFor, someone, startApi, type TestApi } from './support.js';

const EXPORT = { type: 'orders', format: 'csv', columns: ['id'] };
/** The UUID namespace of ids made from an Idempotency-Key. */
const EXPORT_KEYS = '5f0c3a52-0c2b-4c58-9a57-9d1f6a3c7e10';
const SCHEDULE = { name: 'Nightly', cron: '0 3 * * *', request: EXPORT };

async function spelledBy(zones: TimeZones, request: Pick<ExportRequest, 'options'>): Promise<unknown> {
  const zoned = await zones.ofRequest(request);
  return 'value' in zoned ? zoned.value.options.timezone : zoned.problems;
}

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
    it(`like ${timezone}, which does not name one zone, is a 400 that names the field, on every route`, async () => {
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

  it('is accepted in any case, and returned with its proper spelling', async () => {
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

  it('is mapped from its old or new name to the one that the database has', () => {
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

  it('works before the database has been queried if every database knows it', async () => {
    const lists: number[] = [];
    const source = { timeZones: () => Promise.reject(new Error('away')) };
    const zones = new TimeZones(source, { warn: () => lists.push(1) });
    const request = { ...EXPORT, format: 'CSV', filters: {}, notify: {} };
    const named = (timezone: string) => spelledBy(zones, { ...request, options: { timezone } });
    assert.equal(await named('UTC'), 'UTC');
    assert.equal(lists.length, 0);
    for (let n = 0; n < 3; n++) assert.equal(await named('Europe/Berlin'), 'Europe/Berlin');
    assert.equal(lists.length, 1, 'a database that is down is not queried for every request');
  });

  it('is still known immediately if the database goes down an hour later', async () => {
    let isAway = false;
    const source = {
      timeZones: () => (isAway ? new Promise<never>(() => undefined) : Promise.resolve(['Asia/Calcutta'])),
    };
    const zones = new TimeZones(source, { warn: () => undefined });
    const spelled = (timezone: string) => spelledBy(zones, { options: { timezone } });
    assert.equal(await spelled('Asia/Kolkata'), 'Asia/Calcutta');
    isAway = true;
    const now = Date.now() + 3_600_001;
    const clock = mock.method(Date, 'now', () => now);
    try {
      assert.equal(await spelled('Asia/Kolkata'), 'Asia/Calcutta');
      assert.equal(await spelled('asia/calcutta'), 'Asia/Calcutta');
    } finally {
      clock.mock.restore();
    }
  });

  it('counts as the same for an Idempotency-Key, whether or not the database could normalize it', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const request = { ...EXPORT, options: { timezone: 'america/new_york' } };
    const source = { timeZones: () => Promise.reject(new Error('away')) };
    const away = await startApi({ timeZones: new TimeZones(source, { warn: () => undefined }) });
    const post = (over: TestApi) =>
      over.ask('POST', '/v1/schedules', {
        ...{ as: alice, headers, body: { ...SCHEDULE, timezone: 'UTC', request } },
      });
    const [first, second] = [await post(away), await post(api)];
    await away.close();
    assert.deepEqual([first.status, second.status], [201, 201], second.text);
    const [made, found] = [first, second].map(({ json }) => (json as { schedule_id: string }).schedule_id);
    assert.equal(found, made);
    await api.ask('DELETE', `/v1/schedules/${made}`, { as: alice });

    const jobId = idFor(alice, headers['Idempotency-Key'], EXPORT_KEYS);
    const { registry } = api.deps;
    const requestHash = hashRequest(parseExportRequest(request, createRequestSchema(registry), registry));
    await api.deps.jobs.insert(seedFor(alice, { jobId, requestHash, idempotencyKey: headers['Idempotency-Key'] }));
    const known = await api.ask('POST', '/v1/exports', { as: alice, headers, body: request });
    assert.equal(known.status, 202, known.text);
  });

  it('unknown to Temporal is a 400, not an outage', async () => {
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
