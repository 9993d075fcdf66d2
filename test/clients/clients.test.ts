import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { signToken } from '../../api/access/sign-token.js';
import type { Principal } from '../../api/deps.js';
import { runCommand } from '../../dev/stack/run-command.js';
import { describeDeeply } from '../support/depth.js';
import { npmPackages } from '../support/npm-packages.js';
import { openPython, orFail, type Python } from '../support/python.js';
import { JWT_SECRET, someUser, startService, type TestService } from '../support/service.js';

const OPENAPI_TYPESCRIPT = '7.13.0';
const OPENAPI_FETCH = '0.17.0';
const HEY_API = '0.99.0';
const OPENAPI_PYTHON_CLIENT = '0.29.1';
const MYPY = '2.4.1';
/** The newest version of TypeScript that each generator accepts. */
const [TYPESCRIPT_5, TYPESCRIPT_6, NODE_TYPES] = ['5.9.3', '6.0.3', '22.15.35'];
const STEP_MS = 60_000;

/** Compiler flags of a bundler's project; the generators' own code must pass, too. */
const TSC = [
  ...['--noEmit', '--strict', '--target', 'es2024', '--lib', 'es2024,dom', '--types', 'node'],
  ...['--module', 'esnext', '--moduleResolution', 'bundler'],
];

/** What each program prints after it has created, downloaded and listed an export. */
const printed = z.strictObject({
  fields: z.array(z.string()),
  job_id: z.guid(),
  row_count: z.number(),
  format: z.string(),
  text: z.string(),
  ids: z.array(z.string()),
});

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
const TSX = import.meta.resolve('tsx');

/** Stand-ins for programs that would install the newest versions. */
const RUNNERS = {
  npx: 'package=$1; shift; exec "node_modules/.bin/$(basename "$package")" "$@"',
  pipx: 'shift 2; exec python3 -m openapi_python_client "$@"',
};

/** A generator's commands in docs/api.md. */
async function documented(generator: string): Promise<string> {
  const page = await readFile(fileURLToPath(new URL('../../docs/api.md', import.meta.url)), 'utf8');
  const [, block = ''] = /\*\*Generated clients\.\*\*[^]+?```sh\n([^]+?)```/.exec(page) ?? [];
  const commands = block.split(/(?<=[^\\]\n)(?=\S)/);
  const index = commands.findIndex((command) => /^(?:npx|pipx run) (\S+)/.exec(command)?.[1] === generator);
  assert.ok(index >= 0, `docs/api.md doesn't show ${generator}`);
  const preparing = commands.slice(0, index).filter((command) => !/^(?:npx|pipx) /.test(command));
  return [...preparing, commands[index]].join('');
}

interface Installed {
  /** Paths of `node_modules`. */
  readonly openapiTypescript: string;
  readonly heyApi: string;
  readonly python: Python;
}

/** Installs all the generators at once. */
async function install(): Promise<Installed> {
  const [openapiTypescript, heyApi, python] = await Promise.all([
    npmPackages(`openapi-typescript-${OPENAPI_TYPESCRIPT}`, [
      ...[`openapi-typescript@${OPENAPI_TYPESCRIPT}`, `openapi-fetch@${OPENAPI_FETCH}`],
      ...[`typescript@${TYPESCRIPT_5}`, `@types/node@${NODE_TYPES}`],
    ]),
    npmPackages(`hey-api-${HEY_API}`, [
      ...[`@hey-api/openapi-ts@${HEY_API}`, `typescript@${TYPESCRIPT_6}`, `@types/node@${NODE_TYPES}`],
    ]),
    openPython(
      `openapi-python-client-${OPENAPI_PYTHON_CLIENT}-mypy-${MYPY}`,
      [`openapi-python-client==${OPENAPI_PYTHON_CLIENT}`, `mypy==${MYPY}`],
      { withDependencies: true },
    ),
  ]);
  return { openapiTypescript, heyApi, python };
}

describeDeeply('a generated client', function () {
  this.timeout(400_000);
  let installed: Installed;
  let service: TestService;
  let folder: string;

  before(async () => {
    [installed, service] = await Promise.all([install(), startService({ orders: 300 })]);
    await service.startWorker();
  });
  after(() => service.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'client-'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs a generator's commands as docs/api.md has them, with the pinned versions. */
  async function generate(generator: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const [name, script] of Object.entries(RUNNERS)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const PATH = [bin, process.env.PATH].join(delimiter);
    const options = { cwd: folder, timeoutMs: STEP_MS, env: { ...env, PATH, API: service.url } };
    const output = orFail(generator, await runCommand('sh', ['-ec', await documented(generator)], options));
    assert.doesNotMatch(output, /warn|error|unsupported|unknown|deprecat|skipp/i, generator);
  }
  const node = async (what: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const options = { cwd: folder, timeoutMs: STEP_MS, env: { ...process.env, ...env } };
    return orFail(what, await runCommand(process.execPath, args, options));
  };
  /** The environment of a program, which acts for a new user. */
  const envOf = async (user: Principal): Promise<NodeJS.ProcessEnv> => ({
    EXPORTS_URL: service.url,
    EXPORTS_TOKEN: await signToken(JWT_SECRET, { ...user, ttlSeconds: 600 }),
  });

  async function assertExported(user: Principal, output: string): Promise<void> {
    const { fields, job_id: jobId, row_count: rows, format, text, ids } = printed.parse(JSON.parse(output));
    assert.deepEqual(fields, ['/filters/total/gte', '/options/delimiter']);
    assert.equal(format, 'CSV');
    assert.deepEqual(ids, [jobId]);
    const [head, ...lines] = text.trimEnd().split('\n');
    assert.equal(head, 'id;total');
    assert.ok(rows > 0);
    assert.equal(lines.length, rows);
    const answer = await service.ask('GET', `/v1/exports/${jobId}`, { as: user });
    assert.equal(answer.status, 200);
  }

  it('by openapi-typescript compiles, and completes an export', async () => {
    await symlink(installed.openapiTypescript, join(folder, 'node_modules'));
    await generate('openapi-typescript');
    await copyFile(program('openapi-fetch.ts'), join(folder, 'program.ts'));
    await node('tsc', ['node_modules/typescript/bin/tsc', ...TSC, 'program.ts', 'schema.d.ts']);
    const user = someUser();
    await assertExported(user, await node('the program', ['--import', TSX, 'program.ts'], await envOf(user)));
  });

  it('by @hey-api/openapi-ts compiles, and completes an export', async () => {
    await symlink(installed.heyApi, join(folder, 'node_modules'));
    await generate('@hey-api/openapi-ts');
    await copyFile(program('hey-api.ts'), join(folder, 'program.ts'));
    await node('tsc', ['node_modules/typescript/bin/tsc', ...TSC, 'program.ts']);
    const user = someUser();
    await assertExported(user, await node('the program', ['--import', TSX, 'program.ts'], await envOf(user)));
  });

  it('by openapi-python-client passes mypy, and completes an export', async () => {
    const run = async (what: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> =>
      orFail(what, await installed.python.run(args, STEP_MS, { cwd: folder, env }));
    await generate('openapi-python-client', installed.python.env);
    await copyFile(program('client.py'), join(folder, 'program.py'));
    // The generator's own code isn't strict.
    await run('mypy', ['-m', 'mypy', '--strict', '--follow-imports=silent', 'program.py']);
    const user = someUser();
    await assertExported(user, await run('the program', ['program.py'], await envOf(user)));
  });
});
