import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { tenantUuid, userUuid } from '../../shared/identity/uuids.js';
import { exportWorkflowId, slotsWorkflowId } from '../../shared/temporal/names.js';
import { ownerQuery } from '../../shared/temporal/search-attributes.js';
import { assertProblem } from '../api/problems.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, type TestService } from '../support/service.js';

const notes = defineDataset({
  ...{ name: 'notes', title: 'Notes', table: 'notes', key: ['id'] },
  ...{ tenantColumn: 'tenant', userColumn: 'author' },
  columns: { id: { type: 'integer', label: 'ID' }, author: { type: 'text', label: 'Author' } },
});

const invoices = defineDataset({
  ...{ name: 'invoices', title: 'Invoices', table: 'invoices', key: ['id'] },
  ...{ tenantColumn: 'account', userColumn: 'owner' },
  columns: { id: { type: 'integer', label: 'ID' } },
});
/** For a service with a single tenant. */
const everything = defineDataset({
  ...{ name: 'everything', title: 'Everything', table: 'invoices', key: ['id'], userColumn: 'owner' },
  columns: { id: { type: 'integer', label: 'ID' } },
});

const TENANT = `o'Neil & "Söhne" \\ GmbH`;
const alice: Principal = { userId: 'auth0|5f7c8ec7', tenantId: TENANT };
/** Users whose ids are alice's UUID, or look like her id. */
const impostors: readonly Principal[] = [
  { ...alice, userId: userUuid(alice) },
  { ...alice, tenantId: tenantUuid(TENANT) },
  { userId: userUuid(alice), tenantId: tenantUuid(TENANT) },
  { ...alice, userId: 'AUTH0|5f7c8ec7' },
];
const body = { type: 'notes', format: 'csv' };
const schedule = { name: 'Daily', cron: '@daily', request: body };

describe('users and tenants with text ids', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ orders: 1, datasets: [notes, invoices, everything] });
    await queryRows(service.databaseUrl, 'CREATE TABLE notes (id integer PRIMARY KEY, tenant text, author text)');
    await queryRows(
      service.databaseUrl,
      `INSERT INTO notes SELECT n, CASE n % 2 WHEN 0 THEN $1 ELSE 'acme' END, CASE n % 3 WHEN 0 THEN $2 ELSE 'bob' END
       FROM generate_series(1, 60) AS n`,
      [TENANT, alice.userId],
    );
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE invoices AS SELECT n AS id, (n % 3 + 16)::bigint AS account, (n % 5)::smallint AS owner
       FROM generate_series(1, 60) AS n;
       ALTER TABLE invoices ADD PRIMARY KEY (id)`,
    );
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const admin: Principal = { userId: 'admin', tenantId: TENANT, scopes: ['exports:admin'] };
  const erase = (userId: string, as: Principal) =>
    service.ask('DELETE', `/v1/users/${encodeURIComponent(userId)}/exports`, { as });

  it('export the rows of their tenant, and in an account export only those of the user', async () => {
    const jobId = await postExport(service, alice, body);
    assert.equal((await untilEnded(service, alice, jobId)).row_count, 30);
    const own = await postExport(service, alice, { type: 'account', format: 'json' });
    // 10 notes, and nothing from the tables whose users are numbers.
    assert.equal((await untilEnded(service, alice, own)).row_count, 10);
  });

  it('have ids of up to 255 characters of any script', async () => {
    const long: Principal = { userId: '客'.repeat(255), tenantId: '商店'.repeat(127) };
    const jobId = await postExport(service, long, body);
    assert.equal((await untilEnded(service, long, jobId)).row_count, 0);
    const { schedule_id: id } = (await service.ask('POST', '/v1/schedules', { as: long, body: schedule })).json as {
      schedule_id: string;
    };
    assert.equal((await service.ask('DELETE', `/v1/schedules/${id}`, { as: long })).status, 204);
  });

  it('export the rows of a numeric tenant if their tenant id is exactly that number; otherwise none', async () => {
    const rowsOf = async (as: Principal, type: string) => {
      const jobId = await postExport(service, as, { type, format: type === 'account' ? 'json' : 'csv' });
      return (await untilEnded(service, as, jobId)).row_count;
    };
    const estimateFor = async (as: Principal) => {
      const { json } = await service.ask('POST', '/v1/exports/estimate', { as, body: { ...body, type: 'invoices' } });
      return (json as { rows: number }).rows;
    };
    const seventeen = { userId: '4', tenantId: '17' };
    assert.deepEqual([await rowsOf(seventeen, 'invoices'), await estimateFor(seventeen)], [20, 20]);
    for (const tenantId of [' 17', '+17', '17.0', '1.7e1', '9223372036854775808', 'acme']) {
      const as = { userId: '4', tenantId };
      assert.deepEqual([await rowsOf(as, 'invoices'), await estimateFor(as)], [0, 0], tenantId);
    }
  });

  it('export every row of a dataset without a tenant column', async () => {
    const as = { userId: '4', tenantId: 'default' };
    const jobId = await postExport(service, as, { ...body, type: 'everything' });
    assert.equal((await untilEnded(service, as, jobId)).row_count, 60);
    const own = await postExport(service, as, { type: 'account', format: 'json' });
    assert.equal((await untilEnded(service, as, own)).row_count, 12);
  });

  it('are shown by their ids in answers and in Temporal, and stored with UUIDs', async () => {
    const jobId = await postExport(service, alice, body);
    const job = await untilEnded(service, alice, jobId);
    assert.deepEqual([job.user_id, job.tenant_id], [alice.userId, TENANT]);
    assert.equal(job.file_key, `exports/${userUuid(alice)}/${jobId}.csv`);
    const [row] = await queryRows(service.databaseUrl, 'SELECT user_id, tenant_id FROM export_jobs WHERE job_id = $1', [
      jobId,
    ]);
    assert.deepEqual(row, { user_id: userUuid(alice), tenant_id: tenantUuid(TENANT) });

    const { client } = service.deps.temporal;
    await until('Temporal lists it', async () => {
      for await (const { workflowId } of client.workflow.list({ query: ownerQuery(alice) })) {
        if (workflowId === exportWorkflowId(jobId)) return true;
      }
      return false;
    });
    const { staticDetails } = await client.workflow.getHandle(exportWorkflowId(jobId)).describe();
    assert.ok((await staticDetails())?.includes(`by user \`${alice.userId}\` of tenant \`${TENANT}\``));
    assert.ok(slotsWorkflowId(TENANT, alice.userId).endsWith(`/${userUuid(alice)}`));
  });

  it('have exports, schedules, slots and deliveries separate from those of users with similar ids', async () => {
    const jobId = await postExport(service, alice, body);
    await untilEnded(service, alice, jobId);
    const created = await service.ask('POST', '/v1/schedules', { as: alice, body: schedule });
    assert.equal(created.status, 201, created.text);
    const { schedule_id: scheduleId } = created.json as { schedule_id: string };
    for (const as of impostors) {
      for (const path of ['', '/download', '/events', '/deliveries']) {
        assertProblem(await service.ask('GET', `/v1/exports/${jobId}${path}`, { as }), 'NOT_FOUND');
      }
      const [exports_, schedules] = [await service.ask('GET', '/v1/exports', { as }), await listSchedules(as)];
      assert.ok(!exports_.text.includes(jobId) && !schedules.includes(scheduleId));
      for (const [method, path] of [
        ...(['GET', 'DELETE'] as const).map((name) => [name, ''] as const),
        ...['/run', '/pause', '/unpause'].map((action) => ['POST', action] as const),
      ]) {
        assertProblem(await service.ask(method, `/v1/schedules/${scheduleId}${path}`, { as }), 'NOT_FOUND');
      }
      const replaced = await service.ask('PUT', `/v1/schedules/${scheduleId}`, { as, body: schedule });
      assertProblem(replaced, 'NOT_FOUND');
      const erased = await erase(as.userId, { ...admin, tenantId: as.tenantId });
      assert.deepEqual(erased.json, {
        status: 'ERASED',
        schedules: 0,
        saved_exports: 0,
        exports: 0,
        files: 0,
        cancelled: 0,
      });
    }
    assert.ok((await listSchedules(alice)).includes(scheduleId));
    await untilEnded(service, alice, jobId);
  });

  it('have rows, saved exports and audit logs separate from those of users with similar ids', async () => {
    const jobId = await postExport(service, alice, body);
    await untilEnded(service, alice, jobId);
    const definition = { name: 'Mine', request: body };
    const created = await service.ask('POST', '/v1/saved-exports', { as: alice, body: definition });
    assert.equal(created.status, 201, created.text);
    const { saved_export_id: savedId } = created.json as { saved_export_id: string };
    const account = { type: 'account', format: 'json' };
    const rowsOf = async (as: Principal, request: object): Promise<readonly unknown[]> => {
      const { json } = await service.ask('POST', '/v1/exports/preview', { as, body: request });
      return (json as { files: readonly { rows: readonly unknown[] }[] }).files.flatMap(({ rows }) => rows);
    };
    assert.equal((await rowsOf(alice, account)).length, 10);
    for (const as of impostors) {
      const boss = { ...admin, tenantId: as.tenantId, scopes: ['exports:read', 'exports:write', 'exports:admin'] };
      for (const [method, path, sent] of [
        ['POST', `/v1/exports/${jobId}/cancel`, undefined],
        ['DELETE', `/v1/exports/${jobId}`, undefined],
        ['POST', `/v1/exports/${jobId}/deliveries`, undefined],
        ['GET', `/v1/saved-exports/${savedId}`, undefined],
        ['PUT', `/v1/saved-exports/${savedId}`, definition],
        ['DELETE', `/v1/saved-exports/${savedId}`, undefined],
        ['POST', `/v1/saved-exports/${savedId}/run`, undefined],
      ] as const) {
        assertProblem(await service.ask(method, path, { as, body: sent }), 'NOT_FOUND');
      }
      assert.ok(!(await service.ask('GET', '/v1/saved-exports', { as })).text.includes(savedId));
      assert.deepEqual(await rowsOf(as, account), []);
      assert.deepEqual(await rowsOf(boss, { ...account, on_behalf_of: as.userId }), []);
      if (as.tenantId !== alice.tenantId) assert.deepEqual(await rowsOf(as, body), []);
      const ofSubject = `?subject=${encodeURIComponent(as.userId)}`;
      for (const query of as.tenantId === alice.tenantId ? [ofSubject] : ['', ofSubject]) {
        const { status, text } = await service.ask('GET', `/v1/audit${query}`, { as: boss });
        assert.equal(status, 200, text);
        assert.ok(!text.includes(jobId) && !text.includes(savedId), text);
      }
      await erase(as.userId, boss);
    }
    assert.equal((await service.ask('GET', `/v1/saved-exports/${savedId}`, { as: alice })).status, 200);
    assert.equal((await service.ask('GET', `/v1/exports/${jobId}/download`, { as: alice })).status, 302);
  });

  it('do not share webhook secrets with a tenant whose id is their UUID', async () => {
    const secretOf = async (as: Principal) => (await service.ask('GET', '/v1/webhooks/secret', { as })).json;
    assert.notDeepEqual(await secretOf(alice), await secretOf({ ...alice, tenantId: tenantUuid(TENANT) }));
  });

  it('are erased by their ids', async () => {
    for (const userId of [' a b ', '?q=1#x', '%2e%2e', '../admin', './', 'a\\..', '客'.repeat(255), '👩'.repeat(255)]) {
      const as = { ...alice, userId };
      const created = await service.ask('POST', '/v1/saved-exports', { as, body: { name: 'Mine', request: body } });
      assert.equal(created.status, 201, created.text);
      const { json } = await erase(userId, admin);
      assert.equal((json as { saved_exports: number }).saved_exports, 1, userId);
    }
    const user = { ...alice, userId: 'a/b%2F\\"c' };
    await untilEnded(service, user, await postExport(service, user, body));
    await service.ask('POST', '/v1/schedules', { as: user, body: schedule });
    const erased = await erase(user.userId, admin);
    assert.deepEqual(erased.json, {
      status: 'ERASED',
      schedules: 1,
      saved_exports: 0,
      exports: 1,
      files: 1,
      cancelled: 0,
    });
  });

  const listSchedules = async (as: Principal): Promise<string> =>
    (await service.ask('GET', '/v1/schedules', { as })).text;
});
