import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { AuditStore } from '../../shared/audit/store.js';
import type { AuditQuery } from '../../shared/audit/list.js';
import { createPool, type Pool } from '../../shared/postgres.js';
import { createMigratedDatabase, type TestDatabase } from '../support/database.js';

const TENANT = 'acme';
const EVENTS = 30_000;

describe('lists of the audit log', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let pool: Pool;
  let audit: AuditStore;

  before(async () => {
    database = await createMigratedDatabase();
    pool = createPool(database.url, { max: 1, name: 'plans', onIdleError: () => undefined });
    audit = new AuditStore(pool, ['a secret of the tests']);
    await pool.query(
      `INSERT INTO audit_events (event_id, occurred_at, tenant_ref, action, actor_ref, subject_ref, job_id, details)
       SELECT gen_random_uuid(), now() - make_interval(secs => n), tenant,
         CASE WHEN n = ${EVENTS} THEN 'user.erased' ELSE 'file.downloaded' END,
         'user_' || n % 1000, 'user_' || n % 1000, gen_random_uuid(), '{}'
       FROM generate_series(1, ${EVENTS}) AS n, (VALUES ('${TENANT}'), ('other')) AS tenants (tenant)`,
    );
    await audit.erase({ tenantId: TENANT, userId: 'user_7' });
    await pool.query('VACUUM ANALYZE audit_events');
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  /** The plan of the statement that lists. */
  async function planOf(query: AuditQuery): Promise<string> {
    let plan: string | undefined;
    const explaining = new Proxy(pool, {
      get: (target, name) =>
        name === 'query'
          ? async (sql: string, values: unknown[]) => {
              const { rows } = await target.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE) ${sql}`, values);
              plan = rows.map((row) => row['QUERY PLAN']).join('\n');
              return target.query(sql, values);
            }
          : (Reflect.get(target, name) as unknown),
    });
    await new AuditStore(explaining, ['a secret of the tests']).list(query);
    return plan ?? assert.fail('no statement');
  }

  const page = { tenantId: TENANT, limit: 51 };
  const cursor = { occurredAt: new Date(Date.now() - 3_600_000), eventId: randomUUID() };
  const PLANS: Readonly<Record<string, readonly [Partial<AuditQuery>, readonly string[]]>> = {
    nothing: [{}, ['audit_of_tenant']],
    subject: [{ subject: 'user_8' }, ['audit_of_subject', 'audit_of_erased']],
    'an erased subject': [{ subject: 'user_7' }, ['audit_of_subject', 'audit_of_erased']],
    'an unknown subject': [{ subject: 'nobody' }, ['audit_of_subject', 'audit_of_erased']],
    actor: [{ actor: 'user_8' }, ['audit_of_actor', 'audit_of_erased_actor']],
    'an erased actor': [{ actor: 'user_7' }, ['audit_of_actor', 'audit_of_erased_actor']],
    'an unknown actor': [{ actor: 'nobody' }, ['audit_of_actor', 'audit_of_erased_actor']],
    'an actor and a cursor': [{ actor: 'user_8', after: cursor }, ['audit_of_actor', 'audit_of_erased_actor']],
    'a rare action': [{ action: 'user.erased' }, ['audit_of_action']],
    'an action that never happened': [{ action: 'schedule.refused' }, ['audit_of_action']],
    job_id: [{ jobId: randomUUID() }, ['audit_of_job']],
    'a moment long ago': [{ before: new Date(Date.now() - (EVENTS / 2) * 1000) }, ['audit_of_tenant']],
    'a cursor': [{ after: cursor }, ['audit_of_tenant']],
    'a subject and a cursor': [{ subject: 'user_8', after: cursor }, ['audit_of_subject', 'audit_of_erased']],
  };
  for (const [what, [filter, indexes]] of Object.entries(PLANS)) {
    it(`by ${what} read only a page, from ${indexes.join(' and ')}`, async () => {
      const plan = await planOf({ ...page, ...filter });
      for (const index of indexes) assert.ok(plan.includes(`using ${index} `) || plan.includes(`on ${index} `), plan);
      assert.doesNotMatch(plan, /Seq Scan/);
      const skipped = [...plan.matchAll(/Rows Removed by Filter: (\d+)/g)].map(([, rows]) => Number(rows));
      assert.deepEqual(skipped, [], plan);
    });
  }

  it('find a subject who was erased under an older key', async () => {
    const rotated = new AuditStore(pool, ['a newer secret of the tests', 'a secret of the tests']);
    assert.equal((await rotated.list({ ...page, subject: 'user_7' })).length, 30);
    const replaced = new AuditStore(pool, ['a newer secret of the tests']);
    assert.deepEqual(await replaced.list({ ...page, subject: 'user_7' }), []);
  });

  it('find what one user did to another, even if either has been erased', async () => {
    for (const [actor, subject, events] of [
      ['user_7', 'user_7', 30],
      ['user_8', 'user_8', 30],
      ['user_7', 'user_8', 0],
    ] as const) {
      assert.equal((await audit.list({ ...page, actor, subject })).length, events, `${actor} ${subject}`);
    }
  });

  it('find an erased subject, newest first, over pages', async () => {
    const query = { ...page, subject: 'user_7', limit: 20 };
    const first = await audit.list(query);
    const { occurred_at: occurredAt, event_id: eventId } = first.at(-1) ?? assert.fail('nothing found');
    const second = await audit.list({ ...query, after: { occurredAt, eventId } });
    assert.deepEqual([first.length, second.length], [20, 10]);
    const times = [...first, ...second].map((row) => row.occurred_at.getTime());
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
    assert.equal(new Set(times).size, 30);
  });
});
