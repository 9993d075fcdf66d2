import assert from 'node:assert/strict';
import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { getuid } from 'node:process';
import type { Socket } from 'node:dgram';
import { join } from 'node:path';
import { cachedFolder } from '../../dev/cached-folder.js';
import { signalQuietly } from '../../dev/stack/processes.js';
import { runCommand } from '../../dev/stack/run-command.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';
import { COMPOSE } from '../support/depth.js';
import { findGo, GO_ENV } from '../../dev/go.js';
import { needProgram, orSkip } from '../support/or-skip.js';
import { orFail } from '../support/python.js';
import { ComposeClient } from './client.js';
import { DOCKER, Engine } from './engine.js';
import { startNames } from './names.js';
import { Project } from './project.js';
import { buildStandIns } from './stand-ins.js';

/**
 * Starts the image and the compose file for real: `npm run test:compose`. Requires root, and these Debian packages:
 * docker.io, containerd, runc, iptables, iproute2, tini, mmdebstrap and prometheus. docs/deployment.md describes what
 * this proves.
 */

const ROOT = join(LOCAL_DIR, '..');
const COMPOSE_VERSION = 'v2.38.2';
const ORDERS = 3_000_000;
/** This machine's address, as seen from containers of the default bridge. */
const BRIDGE = '172.17.0.1';
const IMAGE = 'export-service:local';
const IMAGE_LIMIT_MB = 250;
/** A worker's drain time, the watchdog's eight seconds, and Docker's own overhead. */
const STOP_LIMIT_MS = 30_000;
const LONG_MS = 30 * 60_000;
/** The service's own processes. */
const PROCESSES = ['api', 'worker-control', 'worker-data'] as const;

async function composeProgram(): Promise<string> {
  const folder = await cachedFolder(`docker-compose-${COMPOSE_VERSION}`, async (draft) => {
    await mkdir(draft);
    const env = { ...process.env, ...GO_ENV, GOTOOLCHAIN: 'auto' };
    const go = await findGo();
    const main = 'github.com/docker/compose/v2/cmd';
    // `go install` rejects a module with replace directives.
    const steps = [
      ['mod', 'init', 'compose'],
      ['get', '-tool', `${main}@${COMPOSE_VERSION}`],
      ['build', '-o', 'docker-compose', main],
    ];
    for (const step of steps) orFail('go', await runCommand(go, step, { env, cwd: draft, timeoutMs: LONG_MS }));
  });
  return join(folder, 'docker-compose');
}

/** The version to upgrade from: the newest tag such as `v1.4.0`, or the current commit if there is none. */
async function lastRelease(): Promise<string> {
  const args = ['-C', ROOT, 'describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD~1'];
  const { ok, output } = await runCommand('git', args, { timeoutMs: 10_000 });
  return ok ? output.trim() : 'HEAD';
}

/** The sources of a commit, as in a fresh clone. */
async function checkout(commit: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const script = 'git -C "$0" archive "$1" | tar -x -C "$2"';
  orFail(
    'git archive',
    await runCommand('bash', ['-o', 'pipefail', '-c', script, ROOT, commit, folder], { timeoutMs: 60_000 }),
  );
}

if (COMPOSE) {
  describe('the image and the compose file', function () {
    this.timeout(LONG_MS);
    const folder = join(LOCAL_DIR, 'compose');
    let engine: Engine;
    let names: Socket;
    let project: Project;
    /** Cleanup steps, in reverse order of the setup. */
    const ends: (() => Promise<unknown>)[] = [];
    let client: ComposeClient;
    /** Checksum of the file from an undisturbed export. */
    let undisturbed: string;

    before(async function () {
      await orSkip(this, async () => {
        if (getuid?.() !== 0) throw new StackError('only root can start a Docker Engine');
        for (const program of ['dockerd', 'containerd', 'runc', 'mmdebstrap']) await needProgram(program);
        await access(DOCKER).catch(() => Promise.reject(new StackError(`${DOCKER} is not installed`)));
        engine = new Engine(join(folder, 'engine'), await composeProgram());
        await engine.start();
      });
      ends.unshift(() => engine.stop());
      names = await startNames(BRIDGE);
      ends.unshift(() => new Promise<void>((done) => names.close(done)));
      await checkout(await lastRelease(), join(folder, 'before'));
      await checkout('HEAD', join(folder, 'now'));
      const before = await Project.open(engine, join(folder, 'before'), BRIDGE, ORDERS);
      project = await Project.open(engine, join(folder, 'now'), BRIDGE, ORDERS);
      const published = [...Object.values(before.images), ...Object.values(project.images), await baseImage(ROOT)];
      await buildStandIns(
        engine,
        [...new Set(published)].filter((image) => !image.startsWith('export-service:')),
      );
      ends.unshift(() => project.compose('down', '--volumes', '--timeout', '5'));
      // An earlier run may have left containers behind.
      await project.compose('down', '--volumes', '--timeout', '5');
      await before.up('--build');
      client = await ComposeClient.open(before);
    });

    after(async () => {
      for (const end of ends) await end();
    });

    it('exports with the image of the last release, and can be upgraded in the middle of an export', async () => {
      undisturbed = await client.fileOf(await client.post());
      const jobId = await client.post();
      await client.untilRowsFlow(jobId);
      // Before the first release, both images are equal, and Compose would keep the containers.
      await project.up('--build', '--force-recreate', ...PROCESSES);
      await project.up();
      assert.equal(await client.fileOf(jobId), undisturbed);
    });

    it('has an image of less than 250 MB on top of Node, whose processes are not root', async () => {
      const size = async (image: string): Promise<number> =>
        Number(await engine.docker('image', 'inspect', '--format', '{{.Size}}', image)) / 1e6;
      const added = (await size(IMAGE)) - (await size(await baseImage(ROOT)));
      console.log(`      ${added.toFixed(0)} MB`);
      assert(added < IMAGE_LIMIT_MB, `${added} MB`);
      for (const service of PROCESSES) {
        assert.equal(await project.compose('exec', '-T', service, 'id', '--user'), '1000', service);
      }
    });

    for (const service of [
      'postgres',
      'seaweedfs',
      'temporal-postgres',
      'temporal',
      'temporal-ui',
      'api',
      'worker-control',
      'worker-data',
      'prometheus',
    ]) {
      it(`restarts ${service} after kill -9 in the middle of an export, and the file is the same`, async () => {
        const jobId = await client.post();
        await client.untilRowsFlow(jobId);
        const killed = await project.pids(service);
        assert(killed.length > 0 && killed.every((pid) => pid > 0), service);
        for (const pid of killed) signalQuietly(pid, 'SIGKILL');
        assert.equal(await client.fileOf(jobId), undisturbed);
        await project.up();
        const back = await project.pids(service);
        assert(back.length === killed.length && back.every((pid) => pid > 0 && !killed.includes(pid)), service);
      });
    }

    it('recovers from a power loss in the middle of an export, and the file is the same', async () => {
      const jobId = await client.post();
      await client.untilRowsFlow(jobId);
      await engine.losePower();
      await engine.start();
      assert.equal(await client.fileOf(jobId), undisturbed);
    });

    it('gets more readers when worker-data is scaled', async () => {
      await project.up('--scale', 'worker-data=3', '--no-recreate');
      assert.equal((await project.containers('worker-data')).length, 3);
      assert.equal(await client.fileOf(await client.post()), undisturbed);
    });

    it('stops each of its processes within the drain time after SIGTERM, in the middle of an export', async () => {
      const jobId = await client.post();
      await client.untilRowsFlow(jobId);
      for (const service of PROCESSES) {
        const ids = await project.containers(service);
        const since = Date.now();
        await project.compose('stop', service);
        assert(Date.now() - since < STOP_LIMIT_MS, `${service}: ${Date.now() - since} ms`);
        for (const id of ids) {
          assert.equal(await engine.docker('inspect', '--format', '{{.State.ExitCode}}', id), '0', service);
        }
      }
      await project.up();
      assert.equal(await client.fileOf(jobId), undisturbed);
    });
  });
}

/** The Node image that the Dockerfile names. */
async function baseImage(folder: string): Promise<string> {
  const version = /^ARG NODE_VERSION=(\S+)$/m.exec(await readFile(join(folder, 'Dockerfile'), 'utf8'))?.[1];
  return `node:${version ?? assert.fail('the Dockerfile names no version of Node')}-bookworm-slim`;
}
