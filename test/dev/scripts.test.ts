import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Stands in for the command: prints when it runs, and when it receives SIGTERM. */
const PROGRAM =
  "process.on('SIGTERM', () => { console.log('told'); process.exit(); }); console.log('up'); setTimeout(() => {}, 10_000)";

describe('a script of package.json', () => {
  let folder: string;
  let npm: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scripts-'));
    await writeFile(join(folder, 'node'), `#!/bin/sh\nexec ${process.execPath} --eval "${PROGRAM}"\n`);
    await chmod(join(folder, 'node'), 0o755);
    const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v npm']);
    npm = await realpath(stdout.trim());
  });
  after(() => rm(folder, { recursive: true }));

  // npm signals only its shell, and a shell that waits for a program exits without forwarding the signal.
  for (const script of ['start', 'api', 'worker']) {
    it(`forwards the stop signal: ${script}`, async () => {
      const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` };
      const program = spawn(process.execPath, [npm, 'run', '--silent', script], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      program.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said === 'up\n') program.kill('SIGTERM');
      });
      await once(program, 'close');
      assert.equal(said, 'up\ntold\n');
    });
  }
});
