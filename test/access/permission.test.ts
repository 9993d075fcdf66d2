import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { choicesSchema } from '../../shared/request/choices-schema.js';
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
    const guarded = defineDataset({
      ...orders,
      name: 'guarded',
      title: 'Guarded orders',
      permission: PERMISSION,
      computed: {},
    });
    const ids = defineDataset({
      ...{ name: 'ids', title: 'Ids', table: 'orders', key: ['id'], tenantColumn: 'tenant_id' },
      columns: { id: { type: 'bigint' } },
    });
    const vault = defineDataset({
      ...{
        name: 'vault',
        title: 'Vault',
        table: 'orders',
        key: ['id'],
        tenantColumn: 'tenant_id',
        userColumn: 'user_id',
      },
      columns: { email: { type: 'text', permission: 'false' } },
    });
    service = await startService({ orders: 100, datasets: [guarded, ids, vault] });
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
      assert.equal(problem.detail, "This user isn't allowed to export Guarded orders.");
    }
    const rows = await queryRows(service.databaseUrl, 'SELECT FROM export_jobs WHERE user_id = $1', [bob.userId]);
    assert.equal(rows.length, 0);
  });

  const listFor = async (as: Principal) => {
    const {
      datasets,
      bundles,
      rights_unknown: isShort,
    } = choicesSchema.parse((await service.ask('GET', '/v1/datasets', { as })).json);
    return { listed: datasets.map(({ name }) => name), isShort, bundles: bundles.flatMap((bundle) => bundle.datasets) };
  };
  /** Everybody may export their own rows. A dataset whose columns are all hidden isn't in the archive. */
  const BUNDLES = [{ name: 'guarded', title: 'Guarded orders' }];

  it('decides whether GET /v1/datasets lists it; a dataset whose columns are all hidden is not listed either', async () => {
    assert.deepEqual(await listFor(alice), { listed: ['guarded', 'ids'], isShort: undefined, bundles: BUNDLES });
    assert.deepEqual(await listFor(bob), { listed: ['ids'], isShort: undefined, bundles: BUNDLES });
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
    assert.deepEqual(await listFor(alice), { listed: ['ids'], isShort: true, bundles: BUNDLES });
    await queryRows(service.databaseUrl, 'ALTER TABLE nobody RENAME TO staff');
  });
});
