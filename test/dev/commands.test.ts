import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand, type CommandResult } from '../../dev/stack/run-command.js';
import { runProgram } from '../api/programs.js';
import { deeply } from '../support/depth.js';
import { copyRunner } from './runner.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** npm's scripts, and the source file that each runs. */
const COMMANDS = {
  start: 'dev/start.ts',
  test: 'dev/test.ts',
  build: 'dev/build.ts',
  seed: 'dev/seed.ts',
  bench: 'bench/main.ts',
  advisories: 'dev/advisories.ts',
  migrate: 'worker/migrate.ts',
  'setup:temporal': 'worker/setup-temporal.ts',
  'dataset:new': 'worker/dataset-new.ts',
  token: 'api/token.ts',
  api: 'api/main.ts',
  worker: 'worker/main.ts',
};

const SOURCES = ['api', 'worker', 'workflows', 'activities', 'shared', 'node_modules', 'package-lock.json'];

/** A folder with this repository's sources and packages, but without its build. */
async function linkSources(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unbuilt-'));
  await copyRunner(folder);
  await cp(join(ROOT, 'dev', 'typescript.mjs'), join(folder, 'dev', 'typescript.mjs'));
  for (const source of SOURCES) await symlink(join(ROOT, source), join(folder, source));
  return folder;
}

/** One command of each kind; the others run in deep tests. */
const QUICK = ['token', 'migrate'];

describe("npm's commands", function () {
  this.timeout(120_000);

  for (const [name, file] of Object.entries(COMMANDS)) {
    const now = QUICK.includes(name) ? it : deeply;
    now(`answer --help with their usage: ${name}`, async () => {
      const { code, stdout, stderr } = await runProgram(file, ['--help'], {});
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.match(stdout, new RegExp(`^Usage: npm (?:run )?${name}\\b`));
    });
    // mocha parses its own arguments.
    if (name === 'test') continue;
    now(`answer an unknown option with one sentence and their usage: ${name}`, async () => {
      const { code, stdout, stderr } = await runProgram(file, ['--nonsense'], {});
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
      assert.match(stderr, new RegExp(`^Unknown option '--nonsense'\\.\nUsage: npm (?:run )?${name}\\b`));
    });
  }

  /** npm runs both in the same way. */
  const PROGRAMS = [['api', it] as const, ['worker', deeply] as const];
  describe('before a build', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'unbuilt-'));
      await copyRunner(folder);
    });
    after(() => rm(folder, { recursive: true }));

    const npmRun = (name: string): Promise<CommandResult> =>
      runCommand('npm', ['run', '--silent', name], { cwd: folder, timeoutMs: 60_000 });
    for (const [name, now] of PROGRAMS) {
      now(`say in one sentence what to run first: ${name}`, async () => {
        assert.deepEqual(await npmRun(name), {
          ok: false,
          output: `'npm run ${name}' needs a build: run 'npm run build' first, or start everything with 'npm start'.`,
        });
      });
    }

    for (const [name, now] of PROGRAMS) {
      now(`answer --help: ${name}`, async () => {
        const unbuilt = await linkSources();
        const args = ['run', '--silent', name, '--', '--help'];
        const { ok, output } = await runCommand('npm', args, { cwd: unbuilt, timeoutMs: 60_000 });
        await rm(unbuilt, { recursive: true });
        assert.ok(ok, output);
        assert.match(output, new RegExp(`^Usage: npm run ${name}\\b`));
      });
    }

    it('say in one sentence that packages are missing', async () => {
      await mkdir(join(folder, 'dist', 'api'), { recursive: true });
      await cp(join(ROOT, 'api', 'main.ts'), join(folder, 'dist', 'api', 'main.js'));
      const { ok, output } = await npmRun('api');
      assert.deepEqual({ ok, output }, { ok: false, output: 'The packages are not installed: run npm ci first.' });
    });
  });
});
