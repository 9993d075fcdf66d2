import assert from 'node:assert/strict';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { checkDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { transactions } from '../../shared/datasets/transactions.js';
import { unpacked } from '../conformance/archives.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { download, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import type { TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from './doors.js';
import { cancel, resetExport, rowOf, slotsOf } from './support.js';

const [user] = NORTHWIND.users;
const ana = { userId: user.id, tenantId: NORTHWIND.id };
const account = { type: 'account', format: 'json' };

/** The second of three files is held behind a door. */
const DATASETS = [transactions, checkDataset({ ...orders, name: 'behind', table: behind(1).type }), orders];

describeDeeply('the workflow of an account export', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    ({ service, doors } = await startStage({
      datasets: DATASETS,
      singleTenant: true,
      tuning: { maxSegmentRows: 250 },
    }));
    for (const table of ['orders', 'transactions']) {
      await queryRows(service.databaseUrl, `UPDATE ${table} SET user_id = '${ana.userId}'`);
    }
  });
  beforeEach(async () => {
    door = await doors.closed(1);
  });
  afterEach(() => door.open());
  after(() => endStage({ service, doors }));

  async function contents(jobId: string): Promise<Buffer[]> {
    const files = await unpacked(await download(service, ana, jobId));
    return ['behind', 'orders', 'transactions'].map((name) => files.get(`${name}.json`) ?? assert.fail(name));
  }

  it('uses one slot, reports one percentage, and leaves nothing behind when canceled', async () => {
    const jobId = await postExport(service, ana, account);
    await door.untilWaiting();
    assert.deepEqual(Object.keys((await slotsOf(service, ana))?.holders ?? {}), [jobId]);
    await until('a percentage', async () => {
      const { progress, rows_exported, total_rows } = await rowOf(service, jobId);
      assert.ok(total_rows !== null && total_rows > rows_exported);
      return progress > 0;
    });
    await cancel(service, ana, jobId);
    await untilEnded(service, ana, jobId, 'CANCELLED');
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);

    await resetExport(service, jobId);
    await door.open();
    await until('completion', async () => (await rowOf(service, jobId)).status === 'COMPLETED');
    await untilEnded(service, ana, jobId);
    assert.ok((await contents(jobId)).every((file) => file.length > 1000));
  });

  it('resumes after a reset, with identical files', async () => {
    const jobId = await postExport(service, ana, account);
    await door.untilWaiting();
    const before = (await rowOf(service, jobId)).rows_exported;
    await resetExport(service, jobId);
    await door.open();
    await untilEnded(service, ana, jobId);
    assert.ok((await rowOf(service, jobId)).rows_exported > before);
    const undisturbed = await postExport(service, ana, account);
    await untilEnded(service, ana, undisturbed);
    assert.deepEqual(await contents(jobId), await contents(undisturbed));
  });
});
