import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProgram, type Program } from '../api/programs.js';
import { orders } from '../../shared/datasets/orders.js';
import { describeDeeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { Gate } from '../support/gate.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { itTogether } from '../support/together.js';
import { startReceiver } from '../webhooks/receiver.js';

const DRAIN_MS = 1000;
/** The promised limit, plus the time in which a busy machine notices that a process has ended. */
const ENDS_WITHIN_MS = DRAIN_MS + 10_000 + 4000;

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

/** `watchdog.test.ts` has quick cases. */
describeDeeply('a stopping worker process exits within its drain time plus ten seconds', function () {
  this.timeout(120_000);

  const lines = (worker: Program): LogLine[] =>
    worker
      .stdout()
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []));
  async function launch(service: TestService, env: Readonly<Record<string, string>>): Promise<Program> {
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

  async function whileAnActivityLoops(service: TestService): Promise<void> {
    const module = join(stack().logDir, 'endless.mjs');
    await writeFile(module, MODULE);
    const worker = await launch(service, { DATASETS_MODULE: module });
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
  }

  async function whileADatabaseIsSilent(service: TestService): Promise<void> {
    const { hostname, port } = new URL(service.databaseUrl);
    const gate = await Gate.before(hostname, Number(port));
    const throughGate = Object.assign(new URL(service.databaseUrl), { host: gate.address }).href;
    const worker = await launch(service, { DATABASE_URL: throughGate });
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
  }

  async function whileReceiversAreSilent(service: TestService): Promise<void> {
    const receiver = await startReceiver(() => undefined);
    const user = someUser();
    const worker = await launch(service, {});
    const jobId = await postExport(service, user, { notify: { webhook_url: receiver.url } });
    await untilEnded(service, user, jobId);
    await until('a delivery', () => Promise.resolve(receiver.received.length > 0));
    assert.equal(await stop(worker), 0);
    assert.ok(lines(worker).some(({ msg }) => msg === 'drained'));
    await receiver.close();
  }

  const cases = [
    ['while an activity loops forever, and logs the activities it abandoned', whileAnActivityLoops],
    ['while a database never answers an activity', whileADatabaseIsSilent],
    ['while webhook receivers are silent, with nothing left', whileReceiversAreSilent],
  ] as const;
  // Each waits ten seconds for its worker.
  itTogether(cases, {
    title: ([title]) => title,
    work: async ([, work]) => {
      const service = await startService({ orders: 200, datasets: [ENDLESS, orders] });
      await work(service).finally(() => service.close());
    },
  });
});
