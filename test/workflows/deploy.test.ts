import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { workflowBundleFile } from '../../worker/workflow-bundle.js';
import { deeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { behind, DATASETS_WITH_DOORS, Doors } from './doors.js';
import { statusOf } from './support.js';

const DEPLOYMENT = 'exports';
const EXPORTS = 20;

/** Workflow code of a later version: it sleeps before planning, so histories of this version don't replay with it. */
async function nextBundle(): Promise<string> {
  const code = await readFile(await workflowBundleFile({ traced: false, encrypted: false }), 'utf8');
  const sdk = /(\w+)\.ApplicationFailure\.nonRetryable\('The upload was lost/.exec(code)?.[1] ?? assert.fail();
  const changed = code.replace('const plan = await planRound(', `await ${sdk}.sleep(1); const plan = await planRound(`);
  assert.notEqual(changed, code);
  const file = join(stack().dataDir, 'next-workflows.js');
  await writeFile(file, changed);
  return file;
}

describe('a deploy of new workflow code with worker versioning', function () {
  this.timeout(120_000);
  let service: TestService;
  let doors: Doors;

  before(async () => {
    service = await startService({
      orders: 2000,
      datasets: DATASETS_WITH_DOORS,
      tuning: { maxSegmentRows: 500 },
      dataSlots: 50,
    });
    doors = await Doors.of(service);
  });
  after(async () => {
    await doors.end();
    await closeCleanly(service);
  });

  async function setCurrent(buildId: string): Promise<void> {
    const { temporalCli, env } = stack();
    const args = [
      'worker',
      'deployment',
      'set-current-version',
      '--deployment-name',
      DEPLOYMENT,
      '--build-id',
      buildId,
    ];
    const where = ['--address', env.TEMPORAL_ADDRESS, '--namespace', service.namespace, '--yes'];
    // The server learns of a version shortly after its first worker starts polling.
    await until('the version', () =>
      promisify(execFile)(temporalCli, [...args, ...where]).then(
        () => true,
        () => false,
      ),
    );
  }
  const buildOf = async (jobId: string): Promise<string | undefined> => {
    const { raw } = await service.deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId)).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
  };

  deeply(
    'finishes twenty exports with the code that they started with; later ones start with the new code',
    async () => {
      const old = await service.startWorker({ deployment: { deploymentName: DEPLOYMENT, buildId: '1' } });
      await setCurrent('1');
      const door = await doors.closed(1);
      const users = Array.from({ length: EXPORTS }, someUser);
      const running = await Promise.all(
        users.map(async (user) => ({ user, jobId: await postExport(service, user, behind(1)) })),
      );
      await door.untilWaiting(EXPORTS);

      const bundleFile = await nextBundle();
      const next = await service.startWorker({ deployment: { deploymentName: DEPLOYMENT, buildId: '2' }, bundleFile });
      await setCurrent('2');
      const user = someUser();
      const later = await postExport(service, user);
      await untilEnded(service, user, later);
      assert.equal(await buildOf(later), '2');

      await door.open();
      for (const { user, jobId } of running) await untilEnded(service, user, jobId, 'COMPLETED', 60_000);
      for (const { jobId } of running) {
        await until('its end', async () => (await statusOf(service, exportWorkflowId(jobId))) === 'COMPLETED');
        assert.equal(await buildOf(jobId), '1');
      }
      await Promise.all([old.stop(), next.stop()]);
    },
  );
});
