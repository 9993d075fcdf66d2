import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { createPool } from '../../shared/postgres.js';
import { Source } from '../../shared/source/source.js';
import { withBystanders } from '../support/bystander.js';
import { queryRows } from '../support/database.js';
import { until } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { assertProblem } from './problems.js';

const BODY = { type: 'orders', format: 'csv' };
const AT_ONCE = 30;

describe('many concurrent estimates', () => {
  let service: TestService;
  before(async () => {
    // Every count hits its time limit, and everybody may export.
    service = await startService({
      orders: 300,
      datasets: [defineDataset({ ...orders, computed: {}, permission: 'true' })],
    });
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION slow(id bigint) RETURNS bigint LANGUAGE sql VOLATILE AS
         $$ SELECT id FROM (SELECT pg_sleep(0.05)) AS wait $$;
       ALTER TABLE orders RENAME TO all_orders;
       CREATE VIEW orders AS SELECT * FROM all_orders WHERE slow(id) = id`,
    );
    await service.startWorker();
  });
  after(() => service.close());

  const estimate = (as = someUser()) => service.ask('POST', '/v1/exports/estimate', { as, body: BODY });

  it("by one user do not delay other users' estimates, or their POST and cancel beyond two seconds", async () => {
    const busy = someUser();
    await withBystanders(service, async () => {
      const attack = Promise.all(Array.from({ length: AT_ONCE }, () => estimate(busy)));
      for (let n = 0; n < 2; n++) assert.equal((await estimate()).status, 200);
      const refused = (await attack).filter(({ status }) => status !== 200);
      assert.ok(refused.length > AT_ONCE / 2);
      for (const answer of refused) assertProblem(answer, 'TOO_MANY_ESTIMATES');
    });
  });

  it('by many users get a 503 with Retry-After after two seconds', async () => {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => estimate()));
    const refused = answers.filter(({ status }) => status !== 200);
    assert.ok(refused.length > 0 && refused.length < AT_ONCE);
    for (const answer of refused) {
      assert.match(assertProblem(answer, 'TEMPORARILY_UNAVAILABLE').detail, /Many estimates/);
      assert.equal(answer.headers.get('retry-after'), '5');
    }
  });

  it('end when the client disconnects, so the next one need not wait', async () => {
    const as = someUser();
    const left = new AbortController();
    const pending = service.ask('POST', '/v1/exports/estimate', { as, body: BODY, signal: left.signal });
    const counting = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'export-estimate'
      AND datname = current_database() AND query LIKE 'SELECT count(*)%' AND state = 'active'`;
    await until('the count', async () => (await queryRows(service.databaseUrl, counting)).length > 0);
    left.abort();
    await assert.rejects(pending);
    assert.equal((await estimate(as)).status, 200);
  });
});

describe('a statement whose caller gives up', () => {
  const USER_REQUEST = 'canceling statement due to user request';

  /** @returns what PostgreSQL logs about the end of an abandoned statement */
  async function reasonOfEnd(source: Source): Promise<string> {
    const { env, logDir } = stack();
    const mark = randomUUID();
    const session = { ...someUser(), timezone: 'UTC', statementTimeoutMs: 60_000 };
    const given = new AbortController();
    const pending = source.permits(`'${mark}' = pg_sleep(30)::text`, session, given.signal);
    const running = `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%${mark}%' AND pid <> pg_backend_pid()`;
    await until('the statement', async () => (await queryRows(env.DATABASE_URL, running)).length > 0);
    given.abort(new Error('enough'));
    await assert.rejects(pending, /enough/);
    return until('its end', async () => {
      const names = (await readdir(logDir)).filter((name) => name.includes('postgres'));
      const logs = await Promise.all(names.map((name) => readFile(join(logDir, name), 'utf8')));
      const lines = logs.join('\n').split('\n');
      const at = lines.findIndex((line) => line.includes('STATEMENT') && line.includes(mark));
      return at > 0 && lines[at - 1];
    });
  }

  it('is canceled in the database', async () => {
    const pool = createPool(stack().env.DATABASE_URL, { max: 1, name: 'test', onIdleError: () => undefined });
    try {
      const source = new Source(pool);
      // PostgreSQL itself notices a disconnected client after a second; on a busy machine that may happen first.
      const reasons: string[] = [];
      while (reasons.length < 5 && !reasons.at(-1)?.includes(USER_REQUEST)) reasons.push(await reasonOfEnd(source));
      assert.ok(reasons.at(-1)?.includes(USER_REQUEST), reasons.join('\n'));
    } finally {
      await pool.end();
    }
  });
});
