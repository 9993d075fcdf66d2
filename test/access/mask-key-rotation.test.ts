import { MockActivityEnvironment } from '@temporalio/testing';
import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import Papa from 'papaparse';
import pg from 'pg';
import { planExport } from '../../activities/plan/plan-export.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { createPool } from '../../shared/postgres.js';
import { Source } from '../../shared/source/source.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { download, postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { resetExport, untilCommitted } from '../workflows/support.js';

const [OLD, NEW] = [randomUUID(), randomUUID()];
const ROWS = 2000;
/** Key of the advisory lock at which readers of the rows in the middle wait. */
const DOOR = 4712;

const cards = defineDataset({
  ...{ name: 'cards', title: 'Cards', table: 'cards', key: ['id'], tenantColumn: 'tenant_id' },
  columns: { id: { type: 'integer' }, card: { type: 'text', mask: 'hash' } },
});

describeDeeply('a MASK_KEY that is rotated while an export runs', function () {
  this.timeout(60_000);
  const user = someUser();
  let service: TestService;
  let door: pg.Client;

  before(async () => {
    service = await startService({
      ...{ orders: 1, datasets: [cards], env: { MASK_KEY: OLD } },
      tuning: { segmentBytes: 14_000, segmentsInFlight: 1 },
    });
    const { databaseUrl } = service;
    await queryRows(
      databaseUrl,
      `CREATE TABLE all_cards (id int PRIMARY KEY, tenant_id uuid, card text);
       CREATE FUNCTION behind_door(id integer, card text) RETURNS text LANGUAGE plpgsql STABLE AS $$
       BEGIN
         IF id BETWEEN 900 AND 1100 THEN PERFORM pg_advisory_xact_lock_shared(${DOOR}); END IF;
         RETURN card;
       END $$;
       CREATE VIEW cards AS SELECT id, tenant_id, behind_door(id, card) AS card FROM all_cards;
       GRANT SELECT ON cards TO PUBLIC`,
    );
    await queryRows(
      databaseUrl,
      `INSERT INTO all_cards SELECT n, $1, 'card-' || n FROM generate_series(1, ${ROWS}) AS n`,
      [user.tenantId],
    );
    door = new pg.Client({ connectionString: databaseUrl });
    await door.connect();
  });
  after(async () => {
    await door.end();
    await closeCleanly(service);
  });

  const hashesWith = (key: string): string[] => {
    const ofTenant = createHmac('sha256', key).update(`mask\n${user.tenantId}`).digest('hex');
    return Array.from({ length: ROWS }, (_, index) =>
      createHash('sha256')
        .update(`${ofTenant}card-${index + 1}`)
        .digest('hex'),
    );
  };
  async function hashesOf(jobId: string): Promise<string[]> {
    const { data } = Papa.parse<string[]>(String(await download(service, user, jobId)).trimEnd());
    return data.slice(1).map(([, hash = '']) => hash);
  }
  /** Starts an export with the old key, whose worker stops in the middle. */
  async function halfDone(): Promise<string> {
    await door.query('SELECT pg_advisory_lock($1)', [DOOR]);
    const worker = await service.startWorker({ maskKey: OLD });
    const jobId = await postExport(service, user, { type: 'cards' });
    await untilCommitted(service, jobId);
    await until('a segment in the middle', async () => {
      const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${DOOR} AND NOT granted`;
      return (await queryRows(service.databaseUrl, waiting)).length > 0;
    });
    await worker.stop();
    return jobId;
  }
  const openDoor = () => door.query('SELECT pg_advisory_unlock($1)', [DOOR]);

  it('is kept by the export if workers have both, and new exports use the new one', async () => {
    const jobId = await halfDone();
    const worker = await service.startWorker({ maskKey: `${NEW},${OLD}` });
    await openDoor();
    await untilEnded(service, user, jobId);
    assert.deepEqual(await hashesOf(jobId), hashesWith(OLD));
    const later = await postExport(service, user, { type: 'cards' });
    await untilEnded(service, user, later);
    assert.deepEqual(await hashesOf(later), hashesWith(NEW));
    await worker.stop();
  });

  it('makes the export fail if no worker has it any more; after a reset, all of the file has the new one', async () => {
    const jobId = await halfDone();
    // A worker that doesn't have the key yet, or no longer has it, must not discard what other workers can finish.
    const pool = createPool(service.databaseUrl, { max: 1, name: 'test', onIdleError: () => undefined });
    const source = new Source(pool, [NEW]);
    const input = { jobId, tenantId: user.tenantId, sizes: service.deps.tuning, demand: {} };
    const planned = new MockActivityEnvironment().run(() =>
      planExport({ ...service.deps, source }, input, new AbortController().signal),
    );
    await assert.rejects(planned, { code: 'WORKER_OUTDATED' });
    await pool.end();
    assert.equal((await service.deps.jobs.get(jobId)).generation, 1);

    const worker = await service.startWorker({ maskKey: NEW });
    await openDoor();
    assert.equal((await untilEnded(service, user, jobId, 'FAILED')).error_code, 'WORKER_OUTDATED');
    await resetExport(service, jobId);
    await until('it is completed', async () => (await service.deps.jobs.find(jobId))?.status === 'COMPLETED');
    assert.deepEqual(await hashesOf(jobId), hashesWith(NEW));
    await worker.stop();
  });

  it('is used for a whole file if its export failed for another reason and is reset after the old key was removed', async () => {
    const jobId = await halfDone();
    const old = await service.startWorker({ maskKey: OLD });
    await queryRows(service.databaseUrl, 'ALTER VIEW cards RENAME TO no_cards');
    await openDoor();
    assert.equal((await untilEnded(service, user, jobId, 'FAILED')).error_code, 'DATASET_UNAVAILABLE');
    await old.stop();
    await queryRows(service.databaseUrl, 'ALTER VIEW no_cards RENAME TO cards');

    const worker = await service.startWorker({ maskKey: NEW });
    await resetExport(service, jobId);
    const row = await until('its end', async () => {
      const found = await service.deps.jobs.find(jobId);
      return found !== null && found.status !== 'PROCESSING' && found.generation > 1 && found;
    });
    assert.deepEqual([row.status, row.error_code, row.generation], ['COMPLETED', null, 2]);
    assert.deepEqual(await hashesOf(jobId), hashesWith(NEW));
    await worker.stop();
  });
});
