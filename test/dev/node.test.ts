import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deeply } from '../support/depth.js';
import { copyRunner } from './runner.js';
import { shippedVersion } from './versions.js';

/** Makes the process that loads it, and none of its children, one of an old Node.js. */
const OLD =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})';
/** Instead of the API: says what reaches it, and ends with 7, or 8 after a signal. */
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

describe('A command on a machine whose Node.js is too old', () => {
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
    // In a session of its own, so without a terminal, whatever the tests are started from.
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

  it('runs on the shipped one with the same arguments and input, and ends with its exit code', async () => {
    await bringEarlier();
    const { child, ended } = start(['--one', 'two']);
    child.stdin.end('typed');
    assert.deepEqual(await ended, { code: 7, stdout: `${process.execPath} --one two\ntyped\n`, stderr: '' });
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`passes ${signal} on`, async () => {
      await bringEarlier();
      const { child, ended } = start([]);
      child.stdout.once('data', () => child.kill(signal));
      const { code, stdout } = await ended;
      assert.deepEqual({ code, said: stdout.split('\n')[1] }, { code: 8, said: signal });
    });
  }

  deeply('brings the shipped one from npm, once, and says so in one line', async () => {
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

  it('refuses in one sentence in a production install, and brings nothing', async () => {
    await rm(join(folder, 'node_modules', 'tsx'), { recursive: true });
    assert.deepEqual(await start([]).ended, {
      code: 1,
      stdout: '',
      stderr: 'Node.js 20.20.2 is too old: version 22.15 or newer is required.\n',
    });
  });

  it('says in one sentence that a Node.js it was told to use is none', async () => {
    assert.deepEqual(await start([], { EXPORT_NODE: 'newest' }).ended, {
      code: 1,
      stdout: '',
      stderr: "EXPORT_NODE must be 'shipped' or 'floor', not 'newest'.\n",
    });
  });
});
