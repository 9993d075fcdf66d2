import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { assertProblem } from '../api/problems.js';
import { manifestOf, unpacked } from '../conformance/archives.js';
import { seedFor } from '../api/support.js';
import { queryRows } from '../support/database.js';
import { download, postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, type TestService } from '../support/service.js';
import { ON_BEHALF } from './on-behalf-of.js';
import { erasuresOnBehalf, schedulesOnBehalf } from './on-behalf-later.js';

const notes = defineDataset({
  ...{ name: 'notes', title: 'Notes', table: 'notes', key: ['id'], tenantColumn: 'tenant', userColumn: 'author' },
  columns: { id: { type: 'integer' } },
});
const payroll = defineDataset({
  ...{ name: 'payroll', title: 'Payroll', table: 'notes', key: ['id'], tenantColumn: 'tenant' },
  permission: `EXISTS (SELECT FROM staff WHERE id = current_setting('app.user_id'))`,
  columns: { id: { type: 'integer' } },
});

const { user, other, admin, account } = ON_BEHALF;

describe('an export on behalf of another user', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ orders: 1, datasets: [notes, payroll] });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE notes AS SELECT n AS id, 'acme' AS tenant, CASE n % 3 WHEN 0 THEN 'user_42' ELSE 'user_7' END AS author
       FROM generate_series(1, 30) AS n;
       ALTER TABLE notes ADD PRIMARY KEY (id); CREATE TABLE staff (id text)`,
    );
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  it('has that user’s rows and belongs to that user; the administrator can read it as well', async () => {
    const jobId = await postExport(service, admin, account);
    for (const as of [user, admin]) {
      const job = await untilEnded(service, as, jobId);
      assert.deepEqual([job.user_id, job.requested_by, job.row_count], ['user_42', 'admin_1', 10]);
      assert.equal((await service.ask('GET', `/v1/exports/${jobId}/download`, { as })).status, 302);
    }
    const { user_id, requested_by } = manifestOf(await unpacked(await download(service, user, jobId)));
    assert.deepEqual({ user_id, requested_by }, { user_id: 'user_42', requested_by: 'admin_1' });
    const listed = async (as: Principal, query = '') =>
      (await service.ask('GET', `/v1/exports${query}`, { as })).text.includes(jobId);
    assert.deepEqual([await listed(user), await listed(admin)], [true, false]);
    assert.equal(await listed(admin, '?on_behalf_of=user_42'), true);
    assert.equal(await listed(admin, '?on_behalf_of=user_7'), false);
    assert.equal(await listed({ ...admin, userId: 'admin_2' }, '?on_behalf_of=user_42'), false);
    assertProblem(await service.ask('GET', '/v1/exports?on_behalf_of=user_42', { as: user }), 'FORBIDDEN');
    const { staticDetails } = await service.deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId)).describe();
    assert.match((await staticDetails()) ?? '', /by user `admin_1` on behalf of user `user_42` of tenant `acme`/);
  });

  it('shows its addresses and its key to the administrator only', async () => {
    const post = { as: admin, body: account, headers: { 'Idempotency-Key': 'own-key' } };
    const created = await service.ask('POST', '/v1/exports', post);
    const { job_id: jobId } = created.json as { job_id: string };
    await untilEnded(service, user, jobId);
    const [row] = await service.deps.jobs.list({ ...user, limit: 1 });
    assert.equal(row?.job_id, jobId);
    for (const [as, query, shown] of [
      [admin, '?on_behalf_of=user_42', { notify: { email: 'admin@example.com' }, idempotency_key: 'own-key' }],
      [user, '', { notify: {}, idempotency_key: null }],
    ] as const) {
      const list = (await service.ask('GET', `/v1/exports${query}`, { as })).json as { exports: readonly Shown[] };
      const events = await service.ask('GET', `/v1/exports/${jobId}/events`, { as });
      const [, ended = ''] = /^event: end\ndata: (.*)$/m.exec(events.text) ?? [];
      const one = await service.ask('GET', `/v1/exports/${jobId}`, { as });
      for (const seen of [list.exports[0], JSON.parse(ended) as Shown, one.json as Shown]) {
        assert.deepEqual({ notify: seen?.notify, idempotency_key: seen?.idempotency_key }, shown);
      }
    }
  });

  it("has no deliveries that the user may see or repeat: the webhook is the administrator's", async () => {
    const { jobs } = service.deps;
    const jobId = randomUUID();
    const seed = seedFor(user, { jobId, requestedBy: admin.userId });
    await jobs.insert({ ...seed, request: { ...seed.request, notify: { webhook_url: 'https://receiver.test/hook' } } });
    await jobs.fail(jobId, { code: 'INTERNAL', message: 'Ended by the test.' });
    await service.deps.webhooks.begin({
      ...{ jobId, event: 'failed', webhookId: 'msg_1', runId: 'run' },
      host: 'receiver.test',
    });
    await queryRows(
      service.databaseUrl,
      `INSERT INTO skipped_mails (job_id, event, reason) VALUES ('${jobId}', 'failed', 'RECIPIENT_LIMIT')`,
    );
    const path = `/v1/exports/${jobId}/deliveries`;
    const seen = async (as: Principal) => (await service.ask('GET', path, { as })).json as Lists;
    const { deliveries, skipped_mails: skipped } = await seen(admin);
    assert.deepEqual([deliveries.length, deliveries[0]?.host, skipped.length], [1, 'receiver.test', 1]);
    assert.deepEqual(await seen(user), { deliveries: [], skipped_mails: [] });
    assertProblem(await service.ask('POST', path, { as: user }), 'NO_WEBHOOK');
    // An erased administrator's receiver is forgotten, too.
    await jobs.forgetRequester(admin);
    assert.deepEqual(await seen(user), { deliveries: [], skipped_mails: [] });
  });

  interface Lists {
    readonly deliveries: readonly { readonly host: string }[];
    readonly skipped_mails: readonly unknown[];
  }

  it('hides the administrator’s address and key from the user, also while both follow it', async () => {
    const { jobs } = service.deps;
    const jobId = randomUUID();
    const seed = seedFor(user, { jobId, requestedBy: admin.userId, idempotencyKey: 'own-key' });
    await jobs.insert({ ...seed, request: { ...seed.request, notify: { email: 'admin@example.com' } } });
    const streams = [admin, user].map((as) => service.ask('GET', `/v1/exports/${jobId}/events`, { as }));
    const canceled = await service.ask('POST', `/v1/exports/${jobId}/cancel`, { as: user });
    assert.equal(canceled.status, 202);
    await jobs.fail(jobId, { code: 'TERMINATED', message: 'Ended by the test.' });
    const texts = (await Promise.all(streams)).map(({ text }) => /admin@example|own-key/.test(text));
    assert.deepEqual([...texts, /admin@example|own-key/.test(canceled.text)], [true, false, false]);
  });

  interface Shown {
    readonly notify: object;
    readonly idempotency_key: string | null;
  }

  it('cannot be read by others, nor by an administrator who lost the scope or did not request it', async () => {
    const jobId = await postExport(service, admin, account);
    await untilEnded(service, user, jobId);
    const { scopes: _, ...demoted } = admin;
    for (const as of [other, demoted, { ...admin, userId: 'admin_2' }, { ...admin, tenantId: 'globex' }]) {
      for (const path of ['', '/download', '/events', '/deliveries']) {
        assertProblem(await service.ask('GET', `/v1/exports/${jobId}${path}`, { as }), 'NOT_FOUND');
      }
    }
  });

  it('needs the scope exports:admin, wherever a request can name a user', async () => {
    const writer = { ...admin, scopes: ['exports:read', 'exports:write'] };
    const definition = { name: 'x', request: account };
    const schedule = { ...definition, cron: '@daily' };
    const { json } = await service.ask('POST', '/v1/saved-exports', {
      as: admin,
      body: { ...definition, shared: true },
    });
    const { saved_export_id: saved } = json as { saved_export_id: string };
    const { json: created } = await service.ask('POST', '/v1/schedules', { as: admin, body: schedule });
    const { schedule_id: scheduleId } = created as { schedule_id: string };
    const { json: named } = await service.ask('POST', '/v1/schedules', {
      ...{ as: admin, body: { name: 'x', cron: '@daily', saved_export_id: saved } },
    });
    const { schedule_id: bySavedExport } = named as { schedule_id: string };
    const asked: readonly (readonly [string, string, object | undefined, string])[] = [
      ['POST', '/v1/exports', account, '/on_behalf_of'],
      ['POST', '/v1/exports', { ...account, on_behalf_of: 'admin_1' }, '/on_behalf_of'],
      ['POST', '/v1/exports/estimate', account, '/on_behalf_of'],
      ['POST', '/v1/exports/preview', account, '/on_behalf_of'],
      ['POST', '/v1/saved-exports', definition, '/request/on_behalf_of'],
      ['PUT', `/v1/saved-exports/${saved}`, definition, '/request/on_behalf_of'],
      ['POST', `/v1/saved-exports/${saved}/run`, undefined, '/request/on_behalf_of'],
      ['POST', '/v1/schedules', schedule, '/request/on_behalf_of'],
      ['PUT', `/v1/schedules/${scheduleId}`, schedule, '/request/on_behalf_of'],
      ['POST', '/v1/schedules', { name: 'x', cron: '@daily', saved_export_id: saved }, '/request/on_behalf_of'],
      ...[scheduleId, bySavedExport].flatMap((id) =>
        ['run', 'unpause'].map((action) => {
          return ['POST', `/v1/schedules/${id}/${action}`, undefined, '/request/on_behalf_of'] as const;
        }),
      ),
    ];
    const before = await countJobs();
    for (const [method, path, body, pointer] of asked) {
      const answer = await service.ask(method, path, { as: writer, ...(body === undefined ? {} : { body }) });
      assert.equal(assertProblem(answer, 'FORBIDDEN', [pointer]).needed_scope, 'exports:admin');
    }
    assert.equal(await countJobs(), before);
    for (const id of [scheduleId, bySavedExport]) {
      await service.ask('POST', `/v1/schedules/${id}/pause`, { as: writer });
      assertProblem(await service.ask('POST', `/v1/schedules/${id}/unpause`, { as: writer }), 'FORBIDDEN');
      const { json: shown } = await service.ask('GET', `/v1/schedules/${id}`, { as: writer });
      assert.equal((shown as { paused: boolean }).paused, true);
      await service.ask('DELETE', `/v1/schedules/${id}`, { as: writer });
    }
  });

  const countJobs = async (): Promise<number> =>
    (await queryRows(service.databaseUrl, 'SELECT FROM export_jobs')).length;

  it('is estimated and previewed with that user’s rows', async () => {
    const estimate = await service.ask('POST', '/v1/exports/estimate', { as: admin, body: account });
    assert.equal((estimate.json as { rows: number }).rows, 10);
    const preview = await service.ask('POST', '/v1/exports/preview', { as: admin, body: account });
    const { files } = preview.json as { files: readonly { rows: readonly string[][] }[] };
    assert.deepEqual(
      files.flatMap(({ rows }) => rows.flat()),
      ['3', '6', '9', '12', '15', '18', '21', '24', '27', '30'],
    );
  });

  it('must name a valid id', async () => {
    for (const id of ['', 'a\nb', '..', 'x'.repeat(256), 7, null]) {
      const answer = await service.ask('POST', '/v1/exports', { as: admin, body: { ...account, on_behalf_of: id } });
      assertProblem(answer, 'VALIDATION_FAILED', ['/on_behalf_of']);
    }
  });

  it('needs the permission of both users, also at the download', async () => {
    const body = { type: 'payroll', format: 'csv', on_behalf_of: 'user_42' };
    const permit = (...ids: readonly string[]) =>
      queryRows(
        service.databaseUrl,
        `DELETE FROM staff; INSERT INTO staff SELECT unnest('{${ids.join(',')}}'::text[])`,
      );
    for (const ids of [[], ['user_42'], ['admin_1']]) {
      await permit(...ids);
      assertProblem(await service.ask('POST', '/v1/exports', { as: admin, body }), 'NOT_PERMITTED');
    }
    await permit('user_42', 'admin_1');
    const jobId = await postExport(service, admin, body);
    await untilEnded(service, admin, jobId);
    await permit('user_42');
    for (const as of [user, admin]) {
      assertProblem(await service.ask('GET', `/v1/exports/${jobId}/download`, { as }), 'NOT_PERMITTED');
    }
  });

  it('is found again by the administrator’s Idempotency-Key, unless it names another user', async () => {
    const headers = { 'Idempotency-Key': 'archive' };
    const post = (body: object) => service.ask('POST', '/v1/exports', { as: admin, body, headers });
    const first = await post(account);
    const again = await post(account);
    assert.deepEqual([first.status, again.status], [202, 202]);
    assert.equal((again.json as { job_id: string }).job_id, (first.json as { job_id: string }).job_id);
    assertProblem(await post({ ...account, on_behalf_of: 'user_7' }), 'IDEMPOTENCY_KEY_REUSED');
    await untilEnded(service, user, (first.json as { job_id: string }).job_id);
  });

  schedulesOnBehalf(() => service);
  erasuresOnBehalf(() => service);
});
