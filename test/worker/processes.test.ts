import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { assertDocumented } from '../export-csv/error-docs.js';
import { startProgram, type Program } from '../api/programs.js';
import { describeDeeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { statusOf } from '../workflows/support.js';
import { startService, someUser, type TestService } from '../support/service.js';

describeDeeply('npm run worker', function () {
  this.timeout(120_000);
  let service: TestService;
  const programs: Program[] = [];

  before(async () => {
    service = await startService({ tuning: { maxSegmentRows: 100 } });
  });
  after(async () => {
    for (const program of programs) program.process.kill('SIGTERM');
    await Promise.all(programs.map(({ ended }) => ended));
    await closeCleanly(service);
  });

  function launch(...args: string[]): Program {
    return launchWith({}, ...args);
  }
  function launchWith(env: Readonly<Record<string, string>>, ...args: string[]): Program {
    const program = startProgram('worker/main.ts', args, { ...service.env, ...env });
    programs.push(program);
    return program;
  }
  const linesOf = (program: Program): { pid: number; msg: string; pids?: number[]; role?: string }[] =>
    program
      .stdout()
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as { pid: number; msg: string }] : []));
  const working = (program: Program, count: number): Promise<number[]> =>
    until(
      `${count} at work`,
      () => {
        const pids = linesOf(program).flatMap(({ pid, msg }) => (msg === 'working' ? [pid] : []));
        return Promise.resolve(pids.length === count && pids);
      },
      60_000,
    );
  /** The first of this many consecutive free ports. */
  async function freePorts(count: number): Promise<number> {
    for (let first = 31_000; first < 32_700; first += count) {
      const free = await Promise.all(Array.from({ length: count }, (_, n) => isFree(first + n)));
      if (free.every(Boolean)) return first;
    }
    return assert.fail('no ports');
  }
  const isFree = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const server = createServer()
        .once('error', () => {
          resolve(false);
        })
        .listen(port, '127.0.0.1', () => {
          server.close(() => {
            resolve(true);
          });
        });
    });
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('takes a role and a number of processes, which share one export and end together', async () => {
    const port = await freePorts(4);
    const metrics = { METRICS_HOST: '127.0.0.1', METRICS_PORT: String(port), METRICS_SDK_PORT: String(port + 2) };
    const control = launch('--role', 'control');
    const data = launchWith(metrics, '--role', 'data', '--processes', '2');
    const [, pids] = await Promise.all([working(control, 1), working(data, 2)]);
    const user = someUser();
    const jobId = await postExport(service, user);
    await untilEnded(service, user, jobId);
    await until('its end', async () => (await statusOf(service, exportWorkflowId(jobId))) === 'COMPLETED');
    for (const [nth, name] of [
      'export_database_readers',
      'export_database_readers',
      'temporal_',
      'temporal_',
    ].entries()) {
      const scraped = await fetch(`http://127.0.0.1:${port + nth}/metrics`);
      assert.ok((await scraped.text()).includes(name), `port ${nth}`);
    }

    for (const program of [control, data]) program.process.kill('SIGTERM');
    assert.deepEqual(await Promise.all([control.ended, data.ended]), [0, 0]);
    assert.equal(linesOf(data).filter(({ msg }) => msg === 'drained').length, 2);
    assert.deepEqual(pids.filter(isAlive), []);
  });

  it('reports a killed process and stops the others, and leaves none behind when it is killed itself', async () => {
    const first = launch('--role', 'data', '--processes', '2');
    const [victim = 0, survivor = 0] = await working(first, 2);
    process.kill(victim, 'SIGKILL');
    assert.equal(await first.ended, 1);
    assertDocumented(first.stderr().trimEnd());
    assert.match(first.stderr(), new RegExp(`Worker process ${victim} exited unexpectedly \\(SIGKILL\\)`));
    assert.ok(!isAlive(survivor));

    const second = launch('--role', 'data', '--processes', '2');
    const orphans = await working(second, 2);
    second.process.kill('SIGKILL');
    await until('no orphans', () => Promise.resolve(!orphans.some(isAlive)));
  });
});
