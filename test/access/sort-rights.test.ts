import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { choicesSchema } from '../../shared/request/choices-schema.js';
import { assertProblem } from '../api/problems.js';
import { queryRows } from '../support/database.js';
import { download, postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';

const MAY_SEE = `EXISTS (SELECT FROM graders WHERE id = current_setting('app.user_id')::uuid)`;
const grades = defineDataset({
  ...{ name: 'grades', title: 'Grades', table: 'grades', key: ['id'], tenantColumn: 'tenant_id' },
  columns: {
    id: { type: 'bigint' },
    grade: { type: 'integer', permission: MAY_SEE },
    mood: { type: 'integer', permission: MAY_SEE, unless: 'locked', reason: 'Only for teachers.' },
    nick: { type: 'text', permission: MAY_SEE, unless: 'masked', mask: 'last_4' },
  },
  sorts: ['id', 'grade', 'mood', 'nick'],
});

describe('sorting by a column that a caller may not see', () => {
  let service: TestService;
  const [alice, bob] = [someUser(), someUser()];

  before(async () => {
    service = await startService({ orders: 20, datasets: [grades] });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE graders (id uuid PRIMARY KEY);
       CREATE TABLE grades (id bigint PRIMARY KEY, tenant_id uuid NOT NULL, grade int NOT NULL, mood int NOT NULL, nick text NOT NULL);
       INSERT INTO grades SELECT i, '${alice.tenantId}', (i * 7) % 10, i % 3, 'nick ' || 10 - i FROM generate_series(1, 9) AS i`,
    );
    await service.startWorker();
  });
  after(() => closeCleanly(service));
  beforeEach(() =>
    queryRows(service.databaseUrl, 'INSERT INTO graders VALUES ($1) ON CONFLICT DO NOTHING', [alice.userId]),
  );

  it('is refused in exports, estimates and schedules, and not listed', async () => {
    const listed = async (as: Principal): Promise<unknown> =>
      choicesSchema.parse((await service.ask('GET', '/v1/datasets', { as })).json).datasets[0]?.sorts;
    assert.deepEqual([await listed(alice), await listed(bob)], [grades.sorts, ['id']]);
    for (const sort of ['grade', '-grade', 'mood', '-mood', 'nick', '-nick']) {
      const request = { type: 'grades', format: 'csv', columns: ['id'], sort };
      for (const path of ['/v1/exports', '/v1/exports/estimate']) {
        assertProblem(await service.ask('POST', path, { as: bob, body: request }), 'NOT_PERMITTED', ['/sort']);
      }
      const schedule = { name: 'Daily', cron: '@daily', timezone: 'UTC', request };
      const answer = await service.ask('POST', '/v1/schedules', { as: bob, body: schedule });
      assertProblem(answer, 'NOT_PERMITTED', ['/request/sort']);
    }
  });

  it('is checked again when the file is downloaded', async () => {
    const body = { type: 'grades', columns: ['id'], sort: '-grade' };
    const jobId = await postExport(service, alice, body);
    await untilEnded(service, alice, jobId);
    assert.equal((await download(service, alice, jobId)).toString(), 'id\n7\n4\n1\n8\n5\n2\n9\n6\n3\n');
    await queryRows(service.databaseUrl, 'TRUNCATE graders');
    assertProblem(await service.ask('GET', `/v1/exports/${jobId}/download`, { as: alice }), 'NOT_PERMITTED');
  });

  it('is checked again when the export begins', async () => {
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM graders; RETURN NEW; END $$;
       CREATE TRIGGER forget AFTER INSERT ON export_jobs FOR EACH ROW EXECUTE FUNCTION forget()`,
    );
    const jobId = await postExport(service, alice, { type: 'grades', columns: ['id'], sort: 'nick' });
    const { error_code: code } = await untilEnded(service, alice, jobId, 'FAILED');
    assert.equal(code, 'NOT_PERMITTED');
  });
});
