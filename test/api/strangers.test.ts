import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { withBystanders } from '../support/bystander.js';
import { startApiProcess, type ApiProcess } from '../support/api-process.js';
import { queryRows } from '../support/database.js';
import { DEEP, deeply, LONG } from '../support/depth.js';
import { until } from '../support/exports.js';
import { startService, type TestService } from '../support/service.js';

/** Concurrent loops of requests. */
const CLIENTS = 10;
const PAUSE_MS = 20;
const ATTACK_MS = DEEP ? 2000 : 1000;
const PATHS = ['/healthz', '/metrics', '/openapi.json', '/', '/docs', '/d/forged', '/v1/exports'];

describe('strangers without a token', () => {
  let service: TestService;
  let api: ApiProcess;
  before(async () => {
    service = await startService();
    await service.startWorker();
    api = await startApiProcess(service);
  });
  after(async () => {
    await api.stop();
    await service.close();
  });

  async function crowd(paths: readonly string[]): Promise<number> {
    const end = performance.now() + ATTACK_MS;
    let answers = 0;
    const client = async (): Promise<void> => {
      while (performance.now() < end) {
        const answer = await fetch(`${api.url}${paths[answers % paths.length] ?? ''}`, { redirect: 'manual' });
        await answer.arrayBuffer();
        answers += 1;
        await sleep(PAUSE_MS);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return answers;
  }

  async function leavesUsersTheirTime(...paths: readonly string[]): Promise<void> {
    const answers = await withBystanders(api, () => crowd(paths));
    assert.ok(answers > CLIENTS, `${answers} answers`);
  }

  it("do not delay users' POST and cancel beyond two seconds by requesting /readyz all the time", async () => {
    const attack = leavesUsersTheirTime('/readyz');
    const connections = await until('a check', async () => {
      const sql = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'export-ready' AND datname = current_database()`;
      const rows = await queryRows(service.databaseUrl, sql);
      return rows.length > 0 && rows.length;
    });
    assert.equal(connections, 1);
    await attack;
  });

  // Long runs attack one path at a time.
  for (const paths of LONG ? PATHS.map((path) => [path]) : [PATHS]) {
    deeply(
      `do not delay users' POST and cancel beyond two seconds by requesting ${paths.join(', ')} all the time`,
      () => leavesUsersTheirTime(...paths),
    );
  }

  it('do not create metric series by sending unusual HTTP methods', async () => {
    for (const method of ['PROPFIND', 'MKCOL', 'LINK', 'PURGE', 'REPORT']) {
      await fetch(`${api.url}/v1/exports`, { method });
    }
    const text = await (await fetch(`${api.url}/metrics`)).text();
    assert.ok(!/PROPFIND|MKCOL|LINK|PURGE|REPORT/.test(text));
  });
});
