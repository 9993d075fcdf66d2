import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram, type Program } from '../api/programs.js';
import { orders } from '../../shared/datasets/orders.js';
import { deeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { Gate } from '../support/gate.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { startReceiver } from '../webhooks/receiver.js';

const DRAIN_MS = 1000;
/** The promised limit, plus the time in which a busy machine notices that a process has ended. */
const ENDS_WITHIN_MS = DRAIN_MS + 10_000 + 2000;

const [SAYS, LOOPS] = ['looping', 'endless'];
const { table, key, tenantColumn } = orders;
/** Orders with a column whose computation never ends in the worker; this is the API's version. */
const ENDLESS = {
  ...{ name: LOOPS, title: 'Endless', table, key, tenantColumn },
  columns: { id: { type: 'bigint' } },
  computed: { forever: { type: 'text', from: ['id'], compute: () => '' } },
} as const;
const MODULE = `import { writeSync } from 'node:fs';
const [dataset] = ${JSON.stringify([ENDLESS])};
dataset.computed.forever.compute = () => { writeSync(1, '${SAYS}\\n'); for (;;); };
export default [dataset];`;

interface LogLine {
  readonly msg: string;
  readonly reason?: string;
  readonly left?: readonly { readonly activity: string; readonly job_id: string }[];
}

describe('a stopping worker process exits within its drain time plus ten seconds', function () {
  this.timeout(120_000);
  let service: TestService;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-stopping-'));
    service = await startService({ orders: 200, datasets: [ENDLESS, orders] });
  });
  afterEach(async () => {
    await service.close();
    await rm(folder, { recursive: true });
  });

  const lines = (worker: Program): LogLine[] =>
    worker
      .stdout()
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []));
  async function launch(env: Readonly<Record<string, string>>): Promise<Program> {
    for (;;) {
      const worker = startProgram('worker/main.ts', [], { ...service.env, WORKER_DRAIN: `${DRAIN_MS}ms`, ...env });
      const started = await until(
        'a worker',
        () => {
          const hasEnded = worker.process.exitCode !== null;
          return Promise.resolve((hasEnded || lines(worker).some(({ msg }) => msg === 'working')) && { hasEnded });
        },
        60_000,
      );
      if (!started.hasEnded) return worker;
      // On a busy machine, the startup checks may time out.
      assert.match(worker.stderr(), /no answer within/);
    }
  }
  /** @returns its exit code; null if a signal ended it */
  async function stop(worker: Program): Promise<number | null> {
    const startedAt = Date.now();
    worker.process.kill('SIGTERM');
    const code = await worker.ended;
    assert.ok(Date.now() - startedAt < ENDS_WITHIN_MS, `after ${Date.now() - startedAt} ms`);
    return code;
  }

  it('while an activity loops forever, and logs the activities it abandoned', async () => {
    const module = join(folder, 'datasets.mjs');
    await writeFile(module, MODULE);
    const worker = await launch({ DATASETS_MODULE: module });
    const jobId = await postExport(service, someUser(), { type: LOOPS });
    await until('the loop', () => Promise.resolve(worker.stdout().includes(SAYS)));
    assert.equal(await stop(worker), null);
    const killed = lines(worker).find(({ msg }) => msg === 'killed');
    assert.match(killed?.reason ?? '', /blocked/);
    // The schedule may have started a sweep at the same moment.
    assert.deepEqual(
      killed?.left?.filter(({ activity }) => activity !== 'sweep').map(({ job_id }) => job_id),
      [jobId],
    );
  });

  deeply('while a database never answers an activity', async () => {
    const { hostname, port } = new URL(service.databaseUrl);
    const gate = await Gate.before(hostname, Number(port));
    const throughGate = Object.assign(new URL(service.databaseUrl), { host: gate.address }).href;
    const worker = await launch({ DATABASE_URL: throughGate });
    gate.silence();
    const jobId = await postExport(service, someUser());
    await until('an activity', async () => {
      const { raw } = await service.deps.temporal.client.workflow.getHandle(`export/${jobId}`).describe();
      return (raw.pendingActivities ?? []).length > 0;
    });
    assert.equal(await stop(worker), null);
    const killed = lines(worker).find(({ msg }) => msg === 'killed');
    assert.equal(killed?.reason, 'it did not stop in time');
    await gate.refuse();
  });

  deeply('while webhook receivers are silent, with nothing left', async () => {
    const receiver = await startReceiver(() => undefined);
    const user = someUser();
    const worker = await launch({});
    const jobId = await postExport(service, user, { notify: { webhook_url: receiver.url } });
    await untilEnded(service, user, jobId);
    await until('a delivery', () => Promise.resolve(receiver.received.length > 0));
    assert.equal(await stop(worker), 0);
    assert.ok(lines(worker).some(({ msg }) => msg === 'drained'));
    await receiver.close();
  });
});
