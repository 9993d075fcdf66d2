import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SERVICE_DYNAMIC_CONFIG } from '../../dev/stack/dynamic-config.js';
import { runCommand, tellingLine } from '../../dev/stack/run-command.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';
import { parseApiConfig, parseWorkerConfig } from '../../shared/startup/config.js';
import { parseWorkerArguments } from '../../worker/arguments.js';
import { deeply } from '../support/depth.js';
import { findGo, GO_ENV } from '../../dev/go.js';
import { needProgram, orSkip } from '../support/or-skip.js';
import { orFail } from '../support/python.js';
import { stack } from '../support/stack.js';

const COMPOSE_FILE = fileURLToPath(new URL('../../docker-compose.temporal.yml', import.meta.url));
const projectSchema = z.looseObject({
  configs: z.record(z.string(), z.looseObject({ content: z.string() })),
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      command: z.array(z.string()).nullish(),
      environment: z.record(z.string(), z.string().nullable()).default({}),
      ports: z.array(z.looseObject({ host_ip: z.string().optional() })).default([]),
      healthcheck: z.looseObject({}).optional(),
      restart: z.string().optional(),
      mem_limit: z.string().optional(),
      build: z.looseObject({}).nullish(),
      profiles: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
    }),
  ),
});
type Project = z.infer<typeof projectSchema>;

/** The file as parsed by Docker Compose's own library. @throws StackError if the library isn't available */
async function readCompose(): Promise<Project> {
  const go = await findGo();
  const env = { ...process.env, ...GO_ENV, GOTOOLCHAIN: 'local' };
  const program = join(LOCAL_DIR, 'go', 'read-compose');
  // Unoptimized, because it takes longer to compile than to run.
  const flags = ['-gcflags=all=-N -l -dwarf=false', '-ldflags=-s -w'];
  const build = ['build', '-C', fileURLToPath(new URL('compose', import.meta.url)), ...flags, '-o', program, '.'];
  const built = await runCommand(go, build, { env, timeoutMs: 240_000 });
  // The library's packages may be unavailable; any later error is the file's fault.
  if (!built.ok) throw new StackError(`compose-go cannot be built: ${tellingLine(built.output)}`);
  return projectSchema.parse(
    JSON.parse(orFail('compose-go', await runCommand(program, [COMPOSE_FILE], { timeoutMs: 20_000 }))),
  );
}

describe('docker-compose.temporal.yml', function () {
  this.timeout(300_000);

  it('gives Temporal the same dynamic configuration as the local stack and the benchmark do', async () => {
    const text = await readFile(COMPOSE_FILE, 'utf8');
    const found = [...text.matchAll(/^ {6}((?:frontend|history|matching)\.\w+):\n {8}- value: (\w+)$/gm)];
    assert.deepEqual(
      Object.fromEntries(found.map(([, key, value]) => [key, JSON.parse(value ?? '')])),
      SERVICE_DYNAMIC_CONFIG,
    );
  });

  deeply(
    'is valid for Compose’s own library: pinned images, health checks, local ports only, and settings that processes accept',
    async function () {
      const { services } = await orSkip(this, readCompose);
      const names = Object.keys(services);
      for (const name of [
        'postgres',
        'temporal',
        'temporal-ui',
        'seaweedfs',
        'api',
        'worker-control',
        'worker-data',
        'prometheus',
        'grafana',
      ]) {
        assert.ok(names.includes(name), name);
      }
      for (const [name, { image, ports, depends_on: needs }] of Object.entries(services)) {
        assert.match(image, /:(?:v?\d+\.\d+(?:\.\d+)?(?:-\w+)*|local|build)$/, name);
        for (const { host_ip: host } of ports) assert.equal(host, '127.0.0.1', name);
        for (const [needed, { condition }] of Object.entries(needs)) {
          const { healthcheck } = services[needed] ?? assert.fail(needed);
          if (condition === 'service_healthy') assert.ok(healthcheck !== undefined, `${name} waits for ${needed}`);
        }
      }
      // One-shot services are not restarted.
      const staying = Object.entries(services).filter(([, { restart }]) => restart !== 'on-failure:5');
      assert.equal(staying.length, names.length - 4, 'only migrate, seed and two Temporal services are one-shot');
      for (const [name, { restart, healthcheck }] of staying) {
        assert.equal(restart, 'unless-stopped', name);
        assert(healthcheck !== undefined, `${name} has no health check`);
      }
      for (const [name, { mem_limit: limit }] of Object.entries(services)) assert(limit !== undefined, name);
      const built = Object.entries(services).filter(([, { build }]) => build != null);
      assert.deepEqual(
        built.map(([name]) => name),
        ['migrate'],
      );
      const { api } = services;
      assert(api !== undefined);
      parseApiConfig(environmentOf(api));
      for (const worker of [services['worker-control'], services['worker-data']]) {
        assert(worker !== undefined);
        parseWorkerConfig(environmentOf(worker));
        assert.deepEqual(worker.command?.slice(0, 2), ['node', 'dist/worker/main.js']);
        parseWorkerArguments(worker.command.slice(2));
      }
    },
  );

  deeply('has a Prometheus configuration that Prometheus accepts', async function () {
    const { configs } = await orSkip(this, readCompose);
    await orSkip(this, () => needProgram('promtool'));
    const folder = join(stack().dataDir, 'compose-prometheus');
    await mkdir(folder);
    await copyFile('ops/prometheus/alerts.yml', join(folder, 'alerts.yml'));
    const file = join(folder, 'prometheus.yml');
    await writeFile(file, configs['prometheus.yml']?.content ?? assert.fail());
    orFail('promtool', await runCommand('promtool', ['check', 'config', file], { timeoutMs: 20_000 }));
  });
});

const environmentOf = ({ environment }: Project['services'][string]): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value ?? undefined]));
