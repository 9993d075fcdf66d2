import assert from 'node:assert/strict';
import { assertProblem } from '../api/problems.js';
import { queryRows } from '../support/database.js';
import { postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';

const PERMISSION = `EXISTS (SELECT FROM staff WHERE id = current_setting('app.user_id')::uuid
  AND tenant_id = current_setting('app.tenant_id')::uuid AND may_export)`;

describe("a dataset's permission", () => {
  let service: TestService;
  const [alice, bob] = [someUser(), someUser()];
  const body = { type: 'guarded', format: 'csv', columns: ['id'] };

  before(async () => {
    const guarded = defineDataset({ ...orders, name: 'guarded', permission: PERMISSION, computed: {} });
    service = await startService({ orders: 100, datasets: [guarded] });
    await queryRows(
      service.databaseUrl,
      'CREATE TABLE staff (id uuid PRIMARY KEY, tenant_id uuid, may_export boolean)',
    );
    await allow(true);
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const allow = (mayExport: boolean) =>
    queryRows(
      service.databaseUrl,
      'INSERT INTO staff VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET may_export = $3',
      [alice.userId, alice.tenantId, mayExport],
    );

  it('is checked for the calling user before an export and before an estimate', async () => {
    for (const path of ['/v1/exports', '/v1/exports/estimate']) {
      const problem = assertProblem(await service.ask('POST', path, { as: bob, body }), 'NOT_PERMITTED');
      assert.equal(problem.detail, "This user isn't allowed to export guarded.");
    }
    const rows = await queryRows(service.databaseUrl, 'SELECT FROM export_jobs WHERE user_id = $1', [bob.userId]);
    assert.equal(rows.length, 0);
  });

  it('is not checked for exports of one’s own account', async () => {
    const jobId = await postExport(service, bob, { type: 'account', format: 'json', columns: undefined });
    await untilEnded(service, bob, jobId);
  });

  it('is checked at every download: revoking it disables every link', async () => {
    const jobId = await postExport(service, alice, body);
    const { download_url: link } = await untilEnded(service, alice, jobId);
    const path = new URL(link ?? '').pathname;
    const apiPath = `/v1/exports/${jobId}/download`;
    assert.equal((await service.ask('GET', apiPath, { as: alice })).status, 302);
    assert.equal((await service.ask('GET', path)).status, 302);

    await allow(false);
    assertProblem(await service.ask('GET', apiPath, { as: alice }), 'NOT_PERMITTED');
    assertProblem(await service.ask('GET', path), 'NOT_FOUND');

    await allow(true);
    assert.equal((await service.ask('GET', path)).status, 302);
  });

  it('releases no data while it cannot be checked', async () => {
    const jobId = await postExport(service, alice, body);
    const { download_url: link } = await untilEnded(service, alice, jobId);
    await queryRows(service.databaseUrl, 'ALTER TABLE staff RENAME TO nobody');
    assertProblem(await service.ask('GET', new URL(link ?? '').pathname), 'DATASET_UNAVAILABLE');
    assertProblem(await service.ask('POST', '/v1/exports', { as: alice, body }), 'DATASET_UNAVAILABLE');
    await queryRows(service.databaseUrl, 'ALTER TABLE nobody RENAME TO staff');
  });
});
