import assert from 'node:assert/strict';
import { AuditStore } from '../../shared/audit/store.js';
import { migrate } from '../../shared/job/migrate.js';
import { createPool, type Pool } from '../../shared/postgres.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { DEEP } from '../support/depth.js';

/** As many as the sweep deletes with one statement. */
const BATCH = 1000;
const OLD = DEEP ? 200_000 : 10_000;
const RECENT = 5000;
const HOUR_MS = 3_600_000;

describe('events that are older than AUDIT_TTL', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let pool: Pool;

  before(async () => {
    database = await createDatabase();
    await migrate(database.url);
    pool = createPool(database.url, { max: 1, name: 'old-events', onIdleError: () => undefined });
    await pool.query(
      `INSERT INTO audit_events (event_id, occurred_at, tenant_ref, action, subject_ref, job_id, details)
       SELECT gen_random_uuid(), now() - make_interval(hours => 2, secs => n), 'acme', 'file.downloaded', 'user_' || n % 1000,
         gen_random_uuid(), '{}' FROM generate_series(-${RECENT + 7200}, ${OLD - 1}) AS n WHERE n >= 0 OR n < -7200`,
    );
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  it(`are deleted in batches, ${OLD} of them without a slow batch; newer ones stay`, async () => {
    const audit = new AuditStore(pool, ['a secret of the tests']);
    const times: number[] = [];
    for (let deleted = BATCH; deleted === BATCH;) {
      const since = performance.now();
      deleted = await audit.deleteOld(HOUR_MS, BATCH);
      times.push(performance.now() - since);
    }
    assert.equal(times.length, OLD / BATCH + 1);
    assert.ok(Math.max(...times) < 1000, `${Math.round(Math.max(...times))} ms`);
    const { rows } = await pool.query<{ left: number }>('SELECT count(*)::int AS left FROM audit_events');
    assert.equal(rows[0]?.left, RECENT);
  });
});
