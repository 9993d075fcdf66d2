import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../dev/stack/stack.js';
import { orders } from '../../shared/datasets/orders.js';
import { savedFile } from '../conformance/contents.js';
import { expectedColumn } from '../conformance/parquet/expected.js';
import { hashByDuckDb, parquetPython } from '../conformance/parquet/readers.js';
import { hashOfCopy } from '../export-csv/reference.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { download, leftovers, planAt, postExport, readJob, untilEnded } from '../support/exports.js';
import { FAST, startService, someUser, type TestService } from '../support/service.js';
import { stackBeside } from '../support/stack.js';
import { launchWorker } from '../support/worker-process.js';
import { rowOf, segmentsOf } from '../workflows/support.js';

/** `KILLED_ROWS=10000000` tests the size that the service is designed for. */
const ROWS = Number(process.env.KILLED_ROWS ?? (LONG ? 1_000_000 : 400_000));
const KILLS = LONG ? 20 : 4;
const SEGMENTS = 25;
const LIMIT_MS = 600_000;

const COLUMNS = Object.entries(orders.columns).map(([name, { type }]) =>
  expectedColumn(name, type, type === 'numeric'),
);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describeDeeply(`a Parquet export of ${ROWS.toLocaleString('en-US')} rows whose workers are killed`, function () {
  this.timeout(LIMIT_MS * 4);
  let service: TestService;
  let programs: Stack;
  const me = someUser();
  const body = { format: 'parquet' };

  before(async () => {
    await parquetPython();
    programs = await stackBeside();
    // Any kill may hit any step.
    const often = { maximumAttempts: 100, startToCloseMs: LIMIT_MS };
    service = await startService({
      ...{ orders: ROWS, singleTenant: true },
      tuning: {
        maxSegmentRows: Math.ceil(ROWS / SEGMENTS),
        ...{ control: { ...FAST.control, maximumAttempts: 100 }, plan: { ...FAST.plan, ...often } },
        ...{ segment: { ...FAST.segment, ...often }, finish: { ...FAST.finish, ...often } },
      },
    });
    // The file contains the time of planning.
    await planAt(service, '2026-11-22T10:11:12.345Z');
  });
  after(async () => {
    await programs.stop();
    await service.close();
  });

  it(`${KILLS} times at random moments is the file of an undisturbed export, which has the rows of the table`, async () => {
    const worker = await launchWorker(programs, service, 'worker-undisturbed');
    const jobId = await postExport(service, me, body);
    await untilEnded(service, me, jobId, 'COMPLETED', LIMIT_MS);
    await worker.stop();
    const { created_at: from, completed_at: to } = await rowOf(service, jobId);
    const ms = Number(to) - Number(from);
    const bytes = await download(service, me, jobId);
    const undisturbed = sha256(bytes);
    await assertContent(bytes);

    let kills = 0;
    for (let round = 1; kills < KILLS; round++) {
      const disturbed = await exportWithKills(KILLS - kills, ms, round);
      kills += disturbed.kills;
      assert.equal(sha256(await download(service, me, disturbed.jobId)), undisturbed, `round ${round}`);
      assert.deepEqual(await leftovers(service), []);
    }
  });

  /**
   * Completes an export, and kills workers before its end.
   * @param most how many
   * @param mostMs how long each lives at most
   */
  async function exportWithKills(
    most: number,
    mostMs: number,
    round: number,
  ): Promise<{ readonly jobId: string; readonly kills: number }> {
    const moments: string[] = [];
    let jobId: string | undefined;
    while (moments.length < most) {
      const worker = await launchWorker(programs, service, `worker-killed-${round}-${moments.length}`);
      // After the launch, because the API waits for a worker.
      jobId ??= await postExport(service, me, body);
      const lifeMs = Math.round(Math.random() * mostMs);
      await sleep(lifeMs);
      const { progress, completed_at: hasEnded } = await rowOf(service, jobId);
      if (hasEnded !== null) {
        await worker.stop();
        break;
      }
      await worker.kill();
      const segments = await segmentsOf(service, jobId);
      const done = segments.filter(({ rows }) => rows !== null).length;
      moments.push(`${lifeMs} ms (${progress}%, ${done} of ${segments.length} segments)`);
    }
    assert.ok(jobId !== undefined);
    const last = await launchWorker(programs, service, `worker-last-${round}`);
    assert.equal((await untilEnded(service, me, jobId, 'COMPLETED', LIMIT_MS)).row_count, ROWS);
    await last.stop();
    assert.equal((await readJob(service, me, jobId)).rows_exported, ROWS);
    console.log(`      killed after ${moments.join(', ')}`);
    return { jobId, kills: moments.length };
  }

  async function assertContent(bytes: Buffer): Promise<void> {
    const file = await savedFile(bytes, 'parquet');
    const items = COLUMNS.map(({ sql }) => sql).join(', ');
    const select = `SELECT ${items} FROM orders ORDER BY id`;
    const settings = 'FORMAT csv, FORCE_QUOTE *';
    assert.equal(await hashByDuckDb(file), await hashOfCopy({ databaseUrl: service.databaseUrl, select, settings }));
    await rm(file);
    await rm(`${file}.csv`);
  }
});
