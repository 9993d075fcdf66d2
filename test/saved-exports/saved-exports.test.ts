import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Principal } from '../../api/deps.js';
import { eraseUser } from '../../activities/retention/erase-user.js';
import type { ErasureCounts } from '../../shared/contract.js';
import { MAX_SAVED_EXPORTS } from '../../shared/saved-exports/store.js';
import { assertProblem } from '../api/problems.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { download, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { NOBODY } from '../support/origin.js';
import { SAVED_BODY, SAVED_REQUEST, savedExportsOf, type ShownSavedExport } from './support.js';

describe('saved exports', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ orders: 500 });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const { ask, save, namesOf } = savedExportsOf(() => service);
  const stranger = (): Principal => ({ userId: randomUUID(), tenantId: randomUUID() });

  it('run like the request that they keep', async () => {
    const user = someUser();
    const id = await save(user);
    const run = await ask('POST', `/${id}/run`, user);
    assert.equal(run.status, 202, run.text);
    const { job_id: jobId } = run.json as { job_id: string };
    assert.equal(run.headers.get('location'), `/v1/exports/${jobId}`);
    const { row_count: rows, name, saved_export_id: source } = await untilEnded(service, user, jobId);
    assert.deepEqual([name, source], [SAVED_BODY.name, id]);
    const { json } = await service.ask('GET', `/v1/exports?saved_export_id=${id}`, { as: user });
    assert.deepEqual(
      (json as { exports: { job_id: string }[] }).exports.map((job) => job.job_id),
      [jobId],
    );
    const lines = (await download(service, user, jobId)).toString().split('\n');
    assert.equal(lines[0]?.split(',').length, 2);
    assert.equal(lines.length - 2, rows);
  });

  it('keep a relative range as it was sent, and resolve it at each run', async () => {
    const user = someUser();
    const id = await save(user, {
      ...SAVED_BODY,
      request: { ...SAVED_REQUEST, filters: { date_range: 'last_month' } },
    });
    const { request } = (await ask('GET', `/${id}`, user)).json as ShownSavedExport;
    assert.deepEqual(request.filters, { date_range: 'last_month' });
    const run = await ask('POST', `/${id}/run`, user);
    const { job_id: jobId, filters } = run.json as { job_id: string; filters: { date_range: string[] } };
    assert.match(filters.date_range.join(' '), /^\d{4}-\d\d-01 \d{4}-\d\d-01$/);
    await untilEnded(service, user, jobId);
  });

  it('start one export however often a run is repeated with its Idempotency-Key', async () => {
    const user = someUser();
    const id = await save(user);
    const runs = await Promise.all([1, 2, 3].map(() => ask('POST', `/${id}/run`, user, undefined, 'once')));
    const ids = new Set(runs.map(({ json }) => (json as { job_id: string }).job_id));
    assert.equal(ids.size, 1);
    await untilEnded(service, user, [...ids].join(''));
    const other = await save(user);
    assertProblem(await ask('POST', `/${other}/run`, user, undefined, 'once'), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('are saved once per Idempotency-Key', async () => {
    const user = someUser();
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', '', user, SAVED_BODY, 'one')));
    assert.equal(new Set(answers.map(({ json }) => (json as ShownSavedExport).saved_export_id)).size, 1);
    assertProblem(await ask('POST', '', user, { ...SAVED_BODY, name: 'Other' }, 'one'), 'IDEMPOTENCY_KEY_REUSED');
    assert.deepEqual(await namesOf(user), ['Orders']);
  });

  it('are listed newest first, in pages, without filters and columns', async () => {
    const user = someUser();
    const request = { ...SAVED_REQUEST, filters: { status: ['paid'] } };
    for (const name of ['one', 'two', 'three']) await save(user, { name, request });
    const first = (await ask('GET', '?limit=2', user)).json as {
      saved_exports: ShownSavedExport[];
      next_cursor: string;
    };
    assert.deepEqual(
      first.saved_exports.map(({ name, request: { filters, columns } }) => [name, filters, columns]),
      [
        ['three', undefined, undefined],
        ['two', undefined, undefined],
      ],
    );
    const second = await ask('GET', `?limit=2&cursor=${first.next_cursor}`, user);
    const { saved_exports: rest, next_cursor: end } = second.json as typeof first;
    assert.deepEqual([rest.map(({ name }) => name), end], [['one'], null]);
  });

  it('are private unless they are shared, which lets others in the tenant run them as themselves', async () => {
    const [owner, colleague] = [someUser(), someUser()];
    const id = await save(owner);
    for (const other of [colleague, stranger()]) {
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['PUT', '', SAVED_BODY],
        ['DELETE', '', undefined],
        ['POST', '/run', undefined],
      ] as const) {
        assertProblem(await ask(method, `/${id}${path}`, other, body), 'NOT_FOUND');
      }
    }
    assert.deepEqual(await namesOf(colleague), []);

    assert.equal((await ask('PUT', `/${id}`, owner, { ...SAVED_BODY, shared: true })).status, 200);
    const seen = (await ask('GET', `/${id}`, colleague)).json as ShownSavedExport;
    assert.deepEqual([seen.shared, seen.is_own], [true, false]);
    // A caller who may not change it gets that error, whatever is wrong with the body.
    const addressed = { ...SAVED_BODY, request: { ...SAVED_REQUEST, notify: { email: 'owner@example.com' } } };
    for (const body of [SAVED_BODY, addressed, { name: ' ' }]) {
      assertProblem(await ask('PUT', `/${id}`, colleague, body), 'NOT_OWNER');
      assertProblem(await ask('PUT', `/${id}`, stranger(), body), 'NOT_FOUND');
    }
    assertProblem(await ask('DELETE', `/${id}`, colleague), 'NOT_OWNER');
    assertProblem(await ask('GET', `/${id}`, stranger()), 'NOT_FOUND');
    const run = await ask('POST', `/${id}/run`, colleague);
    const { job_id: jobId, user_id: userId } = run.json as { job_id: string; user_id: string };
    assert.equal(userId, colleague.userId);
    await untilEnded(service, colleague, jobId);
    assertProblem(await service.ask('GET', `/v1/exports/${jobId}`, { as: owner }), 'NOT_FOUND');
    await ask('DELETE', `/${id}`, owner);
  });

  it('do not notify their owner about the exports of others', async () => {
    const [owner, colleague] = [someUser(), someUser()];
    const notify = { email: false, webhook_url: 'https://hooks.example.com/owner' };
    const id = await save(owner, { ...SAVED_BODY, shared: true, request: { ...SAVED_REQUEST, notify } });
    for (const [as, expected] of [
      [owner, { webhook_url: notify.webhook_url }],
      [colleague, {}],
    ] as const) {
      const { job_id: jobId, notify: sent } = (await ask('POST', `/${id}/run`, as)).json as {
        job_id: string;
        notify: object;
      };
      assert.deepEqual(sent, expected);
      await untilEnded(service, as, jobId);
    }
    const schedule = { name: 'Nightly', cron: '0 3 1 1 *', saved_export_id: id };
    const made = await service.ask('POST', '/v1/schedules', { as: colleague, body: schedule });
    const { schedule_id: scheduleId, request } = made.json as { schedule_id: string; request: { notify: object } };
    assert.deepEqual(request.notify, { email: false });
    await service.ask('DELETE', `/v1/schedules/${scheduleId}`, { as: colleague });
    await ask('DELETE', `/${id}`, owner);
  });

  it('are replaced and deleted by their owner', async () => {
    const user = someUser();
    const id = await save(user);
    const replaced = await ask('PUT', `/${id}`, user, {
      name: 'Customers',
      request: { type: 'customers', format: 'json' },
    });
    assert.equal((replaced.json as ShownSavedExport).name, 'Customers');
    assert.deepEqual(await namesOf(user), ['Customers']);
    assert.equal((await ask('DELETE', `/${id}`, user)).status, 204);
    assertProblem(await ask('DELETE', `/${id}`, user), 'NOT_FOUND');
    assertProblem(await ask('POST', `/${id}/run`, user), 'NOT_FOUND');
  });

  it('are rejected with every invalid field, including those of the request', async () => {
    const bad = { name: ' ', shared: 'yes', request: { type: 'orders', format: 'doc' }, extra: 1 };
    const first = await ask('POST', '', someUser(), bad);
    assertProblem(first, 'VALIDATION_FAILED');
    const request = { type: 'orders', format: 'csv', columns: ['nothing'], filters: { date_range: 'someday' } };
    const second = await ask('POST', '', someUser(), { ...SAVED_BODY, request });
    const pointers = ({ json }: Answer): string[] =>
      (json as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer).sort();
    assert.deepEqual(pointers(first), ['/extra', '/name', '/request/format', '/shared']);
    assert.deepEqual(pointers(second), ['/request/columns/0', '/request/filters/date_range']);
  });

  it('do not run once they are invalid, and say why', async () => {
    const user = someUser();
    const id = await save(user);
    const sql = `UPDATE saved_exports SET request = '{"type": "orders", "format": "csv", "columns": ["gone"]}'
      WHERE saved_export_id = '${id}'`;
    await queryRows(service.databaseUrl, sql);
    const run = await ask('POST', `/${id}/run`, user);
    assertProblem(run, 'VALIDATION_FAILED');
    assert.match(run.text, /"\/request\/columns\/0"/);
  });

  it('are limited per user, even for concurrent requests', async () => {
    const user = someUser();
    const answers = await Promise.all(
      Array.from({ length: MAX_SAVED_EXPORTS + 20 }, () => ask('POST', '', user, SAVED_BODY)),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    for (const answer of refused) assertProblem(answer, 'TOO_MANY_SAVED_EXPORTS');
    assert.equal(answers.length - refused.length, MAX_SAVED_EXPORTS);
    assert.equal((await ask('POST', '', someUser(), SAVED_BODY)).status, 201);
  });

  it('are erased with their user', async () => {
    const [user, other] = [someUser(), someUser()];
    await save(user, { ...SAVED_BODY, name: 'one', shared: true });
    await save(user, { ...SAVED_BODY, name: 'two' });
    await save(other);
    const erase = (): Promise<ErasureCounts> =>
      eraseUser(service.deps)({ ...user, origin: NOBODY, erasureId: randomUUID() });
    const { savedExports } = await new MockActivityEnvironment().run<[], ErasureCounts, () => Promise<ErasureCounts>>(
      erase,
    );
    assert.equal(savedExports, 2);
    assert.deepEqual([await namesOf(user), await namesOf(other)], [[], ['Orders']]);
  });
});
