import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deeply } from '../support/depth.js';
import { copyRunner } from './runner.js';
import { shippedVersion } from './versions.js';

/** Makes the process that loads it, but none of its children, look like an old Node.js. */
const OLD =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})';
/** Stands in for the API: prints what it receives, and exits with 7, or with 8 after a signal. */
const PROGRAM = `
  const input = [];
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => { console.log(signal); process.exit(8); });
  }
  console.log(process.execPath, process.argv.slice(2).join(' '));
  for await (const chunk of process.stdin) input.push(chunk);
  console.log(Buffer.concat(input).toString());
  process.exit(7);
`;

describe('a command on a machine with an outdated Node.js', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'old-node-'));
    await copyRunner(folder);
    await mkdir(join(folder, 'dist', 'api'), { recursive: true });
    await writeFile(join(folder, 'dist', 'api', 'main.js'), PROGRAM);
    await mkdir(join(folder, 'node_modules', 'tsx'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const shipped = (): string => join(folder, '.local', 'bin', `node-${shippedVersion()}`, 'bin', 'node');
  async function bringEarlier(): Promise<void> {
    await mkdir(join(shipped(), '..'), { recursive: true });
    await symlink(process.execPath, shipped());
  }
  function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    // In its own session, and so without a terminal, wherever the tests run.
    const child = spawn(process.execPath, ['--import', OLD, join(folder, 'dev', 'run.mjs'), 'api', ...args], {
      env: { ...process.env, EXPORT_NODE: '', ...env },
      stdio: 'pipe',
      detached: true,
    });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (printed[name] += text));
    }
    const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...printed }));
    return { child, ended };
  }

  it('runs on the shipped version with the same arguments and input, and returns its exit code', async () => {
    await bringEarlier();
    const { child, ended } = start(['--one', 'two']);
    child.stdin.end('typed');
    assert.deepEqual(await ended, { code: 7, stdout: `${process.execPath} --one two\ntyped\n`, stderr: '' });
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`forwards ${signal}`, async () => {
      await bringEarlier();
      const { child, ended } = start([]);
      child.stdout.once('data', () => child.kill(signal));
      const { code, stdout } = await ended;
      assert.deepEqual({ code, said: stdout.split('\n')[1] }, { code: 8, said: signal });
    });
  }

  deeply('downloads the shipped version from npm, once, and reports it in one line', async () => {
    for (const line of [
      new RegExp(`^ {2}… Node\\.js: 20\\.20\\.2 is older than 22\\.15, getting ${shippedVersion()} from npm\n$`),
      /^$/,
    ]) {
      const { child, ended } = start([]);
      child.stdin.end();
      const { code, stdout, stderr } = await ended;
      assert.match(stderr, line);
      assert.deepEqual({ code, stdout }, { code: 7, stdout: `${shipped()} \n\n` });
    }
  });

  it('fails in one sentence in a production install, and downloads nothing', async () => {
    await rm(join(folder, 'node_modules', 'tsx'), { recursive: true });
    assert.deepEqual(await start([]).ended, {
      code: 1,
      stdout: '',
      stderr: 'Node.js 20.20.2 is too old: version 22.15 or newer is required.\n',
    });
  });

  it('rejects an invalid EXPORT_NODE in one sentence', async () => {
    assert.deepEqual(await start([], { EXPORT_NODE: 'newest' }).ended, {
      code: 1,
      stdout: '',
      stderr: "EXPORT_NODE must be 'shipped' or 'floor', not 'newest'.\n",
    });
  });
});
