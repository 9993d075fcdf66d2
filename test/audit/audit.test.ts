import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { queryRows } from '../support/database.js';
import { readJob, postExport, untilEnded } from '../support/exports.js';
import { ask } from '../support/ask.js';
import { JWT_SECRET, someUser, startService, type TestService } from '../support/service.js';
import { sweepNow } from '../workflows/support.js';
import { assertProblem } from '../api/problems.js';
import { eventsOf, officerOf, readAudit } from './events.js';
import { auditedSchedules } from './audited-schedules.js';

describe('the audit log', function () {
  this.timeout(60_000);
  let service: TestService;

  before(async () => {
    service = await startService({ orders: 300, env: { AUDIT_TTL: '10d' } });
    await service.startWorker();
  });
  after(() => service.close());

  const actions = async (user: Principal) => (await eventsOf(service, user)).map(({ action }) => action);

  it('says who did what, when, from where', async () => {
    const user = someUser();
    const filters = { status: ['paid'] };
    const jobId = await postExport(service, user, { columns: ['id', 'total'], filters });
    await untilEnded(service, user, jobId);
    const headers = { 'X-Request-Id': 'take-1' };
    await service.ask('GET', `/v1/exports/${jobId}/download`, { as: user, headers });
    const head = await ask(`${service.url}/v1/exports/${jobId}/download`, 'HEAD', JWT_SECRET, { as: user });
    assert.equal(head.status, 302);
    await service.ask('GET', `/v1/exports/${jobId}/download?redirect=false`, { as: user });
    const { download_url: link = '' } = await readJob(service, user, jobId);
    await service.ask('GET', new URL(link ?? '').pathname);

    const [requested, taken, minted, byLink, ...rest] = await eventsOf(service, user);
    assert.deepEqual(rest, []);
    assert.deepEqual(
      { ...requested, event_id: '', occurred_at: '', request_id: '' },
      {
        ...{ event_id: '', occurred_at: '', request_id: '', action: 'export.requested', job_id: jobId },
        ...{ actor: user.userId, actor_hash: null, subject: user.userId, subject_hash: null, schedule_id: null },
        address: requested?.address,
        details: { type: 'orders', format: 'CSV', columns: ['id', 'total'], filters: ['status'] },
      },
    );
    assert.match(requested?.address ?? '', /127\.0\.0\.1$/);
    assert.ok(Math.abs(Date.parse(requested?.occurred_at ?? '') - Date.now()) < 60_000);
    const rows = (await readJob(service, user, jobId)).row_count;
    assert.deepEqual(
      [taken?.action, taken?.request_id, taken?.details.by, taken?.details.rows],
      [...['file.downloaded', 'take-1', 'token'], rows],
    );
    assert.deepEqual([minted?.action, minted?.actor], ['link.minted', user.userId]);
    assert.deepEqual([byLink?.action, byLink?.actor, byLink?.details.by], ['file.downloaded', null, 'link']);
  });

  it('has both the administrator and the user on whose behalf they act', async () => {
    const user = someUser();
    const admin = { ...officerOf(user), scopes: ['exports:admin', 'exports:write', 'exports:read'] };
    const jobId = await postExport(service, admin, { on_behalf_of: user.userId });
    await untilEnded(service, admin, jobId);
    await service.ask('GET', `/v1/exports/${jobId}/download`, { as: admin });
    const events = await eventsOf(service, user);
    assert.deepEqual(
      events.map(({ action, actor, subject }) => [action, actor, subject]),
      [
        ['export.requested', admin.userId, user.userId],
        ['file.downloaded', admin.userId, user.userId],
      ],
    );
  });

  it('has one event for each cancel and deletion, however often the request is repeated', async () => {
    const user = someUser();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    for (let n = 0; n < 3; n++) await service.ask('DELETE', `/v1/exports/${jobId}`, { as: user });
    assert.deepEqual(await actions(user), ['export.requested', 'file.deleted']);

    const canceled = await postExport(service, user);
    const repeated = Array.from({ length: 4 }, () =>
      service.ask('POST', `/v1/exports/${canceled}/cancel`, { as: user }),
    );
    const statuses = (await Promise.all(repeated)).map(({ status }) => status);
    assert.ok(statuses.includes(202), 'it was active');
    const ofJob = await eventsOf(service, user, `job_id=${canceled}`);
    assert.deepEqual(
      ofJob.map(({ action }) => action),
      ['export.requested', 'export.canceled'],
    );
  });

  it('has one event for a request that is repeated with its Idempotency-Key, even concurrently', async () => {
    const user = someUser();
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = { type: 'orders', format: 'csv' };
    const post = () => service.ask('POST', '/v1/exports', { as: user, headers, body });
    const answers = await Promise.all([post(), post(), post()]);
    assert.ok(answers.every(({ status }) => status === 202));
    assert.deepEqual(await actions(user), ['export.requested']);
  });

  it('has the rows that a preview showed', async () => {
    const user = someUser();
    const body = { type: 'orders', format: 'csv', columns: ['id'], filters: { status: ['paid'] } };
    const answer = await service.ask('POST', '/v1/exports/preview?limit=3', { as: user, body });
    assert.equal(answer.status, 200, answer.text);
    const [event, ...rest] = await eventsOf(service, user);
    assert.deepEqual(rest, []);
    const details = { type: 'orders', format: 'CSV', columns: ['id'], filters: ['status'], rows: 3 };
    assert.deepEqual([event?.action, event?.actor, event?.details], ['export.previewed', user.userId, details]);
  });

  it('has refused requests, such as one without the required scope', async () => {
    const user = someUser();
    const reader = { ...user, scopes: ['exports:read'] };
    const body = { type: 'orders', format: 'csv' };
    assertProblem(await service.ask('POST', '/v1/exports', { as: reader, body }), 'FORBIDDEN');
    const [event, ...rest] = await eventsOf(service, user);
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [event?.action, event?.actor, event?.job_id, event?.details],
      ['export.refused', user.userId, null, { code: 'FORBIDDEN', operation: 'POST /v1/exports' }],
    );
  });

  auditedSchedules(() => service);

  it('pages from newest to oldest without a gap, and filters by actor, subject, action and time', async () => {
    const user = someUser();
    const officer = officerOf(user);
    for (let n = 0; n < 5; n++) {
      await service.deps.audit.record({
        ...{ action: n % 2 === 0 ? 'file.deleted' : 'link.minted', tenantId: user.tenantId, subject: user.userId },
        ...{ origin: { actor: user.userId, requestId: null, address: null }, details: { n } },
      });
    }
    const seen: unknown[] = [];
    const filter = `subject=${user.userId}&limit=2`;
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await readAudit(service, officer, `${filter}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.events.map(({ details }) => details.n));
      cursor = page.next_cursor;
    }
    assert.deepEqual(seen.toSorted(), [0, 1, 2, 3, 4]);
    const minted = await eventsOf(service, user, 'action=link.minted');
    assert.equal(minted.length, 2);
    const [first, , , , last] = await eventsOf(service, user);
    const [from, to] = [first?.occurred_at ?? '', last?.occurred_at ?? ''];
    assert.deepEqual(await eventsOf(service, user, `before=${from}`), []);
    assert.ok((await eventsOf(service, user, `since=${from}&before=${to}`)).length <= 4);
    assert.equal((await eventsOf(service, user, `since=${from}`)).length, 5);
    // Days, as in the list of exports.
    const today = from.slice(0, 10);
    const tomorrow = new Date(Date.parse(to) + 86_400_000).toISOString().slice(0, 10);
    assert.equal((await eventsOf(service, user, `since=${today}&before=${tomorrow}`)).length, 5);
    assert.equal((await eventsOf(service, user, `before=${today}`)).length, 0);
    assert.equal((await readAudit(service, officer, `actor=${user.userId}`)).events.length, 5);
    assert.deepEqual((await readAudit(service, officer, `actor=${officer.userId}&subject=${user.userId}`)).events, []);
    const bad = await service.ask('GET', '/v1/audit?action=x&since=soon&before=2026-02-30&subject=&actor=&page=2', {
      as: officer,
    });
    const names = ['query/actor', 'query/subject', 'query/action', 'query/since', 'query/before', 'query/page'];
    assertProblem(bad, 'VALIDATION_FAILED', names);
  });

  it('requires exports:admin, and shows only the caller’s tenant', async () => {
    const user = someUser();
    assertProblem(await service.ask('GET', '/v1/audit', { as: user }), 'FORBIDDEN');
    assertProblem(await service.ask('GET', '/v1/audit'), 'UNAUTHENTICATED');
    const stranger = officerOf({ ...user, tenantId: randomUUID() });
    assert.deepEqual((await readAudit(service, stranger)).events, []);
    assert.deepEqual((await readAudit(service, stranger, `subject=${user.userId}`)).events, []);
  });

  it('keeps the events of an erased user under a hash, by which they are still found', async () => {
    const user = someUser();
    const admin = officerOf(user);
    await untilEnded(service, user, await postExport(service, user));
    for (let n = 0; n < 2; n++) {
      const path = `/v1/users/${encodeURIComponent(user.userId)}/exports`;
      assert.equal((await service.ask('DELETE', path, { as: admin })).status, 200);
    }
    const events = await eventsOf(service, user);
    assert.deepEqual(
      events.map(({ action }) => action),
      ['export.requested', 'user.erased', 'user.erased'],
      'two requests one after the other are two erasures',
    );
    const [requested, erased] = events;
    assert.deepEqual([requested?.subject, requested?.actor, requested?.address], [null, null, null]);
    assert.match(requested?.subject_hash ?? '', /^[\da-f]{64}$/);
    assert.equal(requested?.actor_hash, requested?.subject_hash);
    assert.deepEqual([erased?.subject, erased?.actor], [null, admin.userId]);
    const [{ rows } = { rows: 0 }] = await queryRows<{ rows: number }>(
      service.databaseUrl,
      'SELECT count(*)::int AS rows FROM audit_events e WHERE e::text LIKE $1',
      [`%${user.userId}%`],
    );
    assert.equal(rows, 0, 'nothing has the id');
  });

  it('cannot be changed, and outlives its exports until AUDIT_TTL', async () => {
    const user = someUser();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await service.deps.jobs.remove(jobId);
    for (const sql of [
      `UPDATE audit_events SET actor_ref = 'somebody' WHERE job_id = '${jobId}'`,
      `DELETE FROM audit_events WHERE job_id = '${jobId}'`,
      'TRUNCATE audit_events',
    ]) {
      await assert.rejects(queryRows(service.databaseUrl, sql), /audit_events is append-only/);
    }
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION age_events(age integer, job uuid) RETURNS void LANGUAGE sql SET export.audit_upkeep = 'on' AS
         $$ UPDATE audit_events SET occurred_at = now() - make_interval(days => age) WHERE job_id = job $$`,
    );
    const age = (days: number) => queryRows(service.databaseUrl, 'SELECT age_events($1, $2)', [days, jobId]);
    const count = async () => (await eventsOf(service, user)).length;
    await age(9);
    await sweepNow(service);
    assert.equal(await count(), 1);
    await age(11);
    await sweepNow(service);
    assert.equal(await count(), 0);
  });
});
