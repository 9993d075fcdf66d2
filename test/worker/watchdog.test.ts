import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => new URL(path, import.meta.url).href;
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** A process whose log nobody reads: its main thread blocks at the first line that doesn't fit. */
const BLOCKED = `
const { createLogger } = await import('${here('../../shared/process/logger.ts')}');
const { startWatchdog } = await import('${here('../../worker/watchdog.ts')}');
startWatchdog({ drainMs: 0, logLevel: 'info' }).watch();
setTimeout(() => { for (;;) createLogger('blocked', 'info').info('a line'.repeat(1000)); }, 500);`;

describe('the watchdog', function () {
  this.timeout(60_000);

  it('kills a process that is blocked because nobody reads its log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'export-watchdog-'));
    const program = join(folder, 'blocked.mjs');
    await writeFile(program, BLOCKED);
    const args = ['--import=./dev/typescript.mjs', program];
    const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'inherit'] });
    const timer = setTimeout(() => child.kill('SIGTERM'), 40_000);
    await once(child, 'exit');
    clearTimeout(timer);
    await rm(folder, { recursive: true });
    assert.equal(child.signalCode, 'SIGKILL');
  });
});
