import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Principal } from '../../api/deps.js';
import type { Stack } from '../../dev/stack/stack.js';
import { BUILT_IN_DATASETS, defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { DEFAULT_TUNING } from '../../shared/temporal/tuning.js';
import { attemptsAfterTheFirst } from '../support/history.js';
import { deeply } from '../support/depth.js';
import { queryRows } from '../support/database.js';
import { download, postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack, stackBeside } from '../support/stack.js';
import { assertSameBytes } from '../export-csv/compare.js';
import { launchWorker } from '../support/worker-process.js';
import { rowOf } from '../workflows/support.js';

const USERS = 5;

const { columns, key, tenantColumn } = orders;
const slowOrders = defineDataset({
  name: 'slow_orders',
  title: 'Orders',
  table: 'slow_orders',
  key,
  tenantColumn,
  columns,
});
/** 20 of 24 segments sleep 2.25 s each, two at a time; the first and last ones, which the plan samples, do not. */
const ROWS = 6000;
const SLEEPS_MS = 22_500;
const SQL = `
  CREATE FUNCTION nap(id bigint, note text) RETURNS text LANGUAGE plpgsql STABLE AS $$
    BEGIN IF id % 10 = 0 AND id BETWEEN 501 AND 5500 THEN PERFORM pg_sleep(0.09); END IF; RETURN note; END $$;
  CREATE VIEW slow_orders AS SELECT ${Object.keys(columns)
    .map((name) => (name === 'note' ? 'nap(id, note) AS note' : name))
    .join(', ')} FROM orders`;

describe('a rolling restart of all workers', function () {
  this.timeout(240_000);
  let service: TestService;
  let programs: Stack;

  before(async () => {
    programs = await stackBeside();
    const datasets = join(stack().logDir, 'slow-orders.mjs');
    await writeFile(datasets, `export default ${JSON.stringify([orders, slowOrders])};`);
    service = await startService({
      orders: ROWS,
      singleTenant: true,
      datasets: [...BUILT_IN_DATASETS, slowOrders],
      // Production timeouts: they determine what a restart costs.
      tuning: { ...DEFAULT_TUNING, maxSegmentRows: 250, segmentsInFlight: 2 },
      // One worker can carry all ten exports: this measures the cost of a restart, not of halved capacity.
      dataSlots: 2 * 2 * USERS,
      env: { DATASETS_MODULE: datasets },
    });
    await queryRows(service.databaseUrl, SQL);
  });
  after(async () => {
    await programs.stop();
    await closeCleanly(service);
  });

  interface Ran {
    readonly user: Principal;
    readonly jobId: string;
    readonly ms: number;
  }
  // Escaping reads each value twice, and every read would sleep.
  const post = (user: Principal, type: string): Promise<string> =>
    postExport(service, user, { type, options: { escape_formulas: false } });

  /** Waits for an export to complete, and returns its duration. */
  async function ended(user: Principal, jobId: string): Promise<Ran> {
    await untilEnded(service, user, jobId, 'COMPLETED', 120_000);
    const { created_at: from, completed_at: to, row_count: rows } = await rowOf(service, jobId);
    assert.equal(rows, ROWS);
    return { user, jobId, ms: Number(to) - Number(from) };
  }

  deeply('loses no activity of ten exports, and changes no byte', async () => {
    const names = ['worker-1', 'worker-2'];
    const workers = await Promise.all(names.map((name) => launchWorker(programs, service, name)));
    // The same rows and segments without sleeps: an export's other costs on this machine.
    const lone = someUser();
    const awake = await ended(lone, await post(lone, 'orders'));

    const exports: { user: Principal; jobId: string }[] = [];
    for (const user of Array.from({ length: USERS }, someUser)) {
      for (const _slot of [1, 2]) exports.push({ user, jobId: await post(user, 'slow_orders') });
    }
    const next = [];
    for (const [index, worker] of workers.entries()) {
      await worker.stop();
      next.push(await launchWorker(programs, service, `worker-${index + 3}`));
    }
    const statuses = await Promise.all(exports.map(async ({ jobId }) => (await rowOf(service, jobId)).status));
    assert.deepEqual([...new Set(statuses)], ['PROCESSING'], 'some exports ended before the restart did');
    const disturbed = await Promise.all(exports.map(({ user, jobId }) => ended(user, jobId)));
    // A lost activity would be attempted again after its heartbeat timeout of 15 s.
    const begunAgain = await Promise.all(disturbed.map(({ jobId }) => attemptsAfterTheFirst(service, jobId)));
    assert.deepEqual(begunAgain.flat(), [], 'a stopped worker lost activities');
    const costs = disturbed.map(({ ms }) => ms - SLEEPS_MS - awake.ms);
    // Not a promise: other tests slow down the start of the new workers.
    console.log(`      delayed by ${costs.join(', ')} ms`);

    const [other] = disturbed;
    assert.ok(other !== undefined);
    const file = await download(service, awake.user, awake.jobId);
    assertSameBytes(await download(service, other.user, other.jobId), file, 'the file');
    await Promise.all(next.map((worker) => worker.stop()));
  });
});
