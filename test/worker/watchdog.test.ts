import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TSX } from '../../dev/stack/tsx.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';

const here = (path: string): string => new URL(path, import.meta.url).href;
const LIMIT_MS = 1500;
const START = `
const { startWatchdog } = await import('${here('../../worker/watchdog.ts')}');
const watchdog = startWatchdog({ drainMs: 0, afterDrainMs: ${LIMIT_MS}, logLevel: 'info' });`;

/** A process whose log nobody reads: its main thread blocks at the first line that doesn't fit. */
const BLOCKED = `
const { createLogger } = await import('${here('../../shared/process/logger.ts')}');
${START}
watchdog.watch();
setTimeout(() => { for (;;) createLogger('blocked', 'info').info('a line'.repeat(1000)); }, 100);`;

const JOB_ID = randomUUID();
/** A process that is told to stop, while an activity never ends. */
const STOPPING = `
${START}
const info = { activityType: 'exportSegment', attempt: 2, workflowExecution: { workflowId: '${exportWorkflowId(JOB_ID)}' } };
void watchdog.activities({ info }).inbound.execute({}, () => new Promise(() => undefined));
watchdog.stopping();
setInterval(() => undefined, 1000);`;

describe('the watchdog', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-watchdog-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** @returns the signal that ended the program, and what was read of its log */
  async function outcomeOf(code: string, isRead: boolean): Promise<{ signal: string | null; log: string }> {
    const program = join(folder, 'program.mjs');
    await writeFile(program, code);
    const child = spawn(process.execPath, [...TSX, program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let log = '';
    if (isRead) child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
    const timer = setTimeout(() => child.kill('SIGTERM'), 40_000);
    await once(child, isRead ? 'close' : 'exit');
    clearTimeout(timer);
    return { signal: child.signalCode, log };
  }

  it('kills a process that is blocked because nobody reads its log', async () => {
    const { signal } = await outcomeOf(BLOCKED, false);
    assert.equal(signal, 'SIGKILL');
  });

  it('kills a process that does not stop in time, and logs the activities that it abandons', async () => {
    const { signal, log } = await outcomeOf(STOPPING, true);
    assert.equal(signal, 'SIGKILL');
    const { msg, reason, limitMs, left } = JSON.parse(log) as Record<string, unknown>;
    assert.deepEqual(
      { msg, reason, limitMs, left },
      {
        ...{ msg: 'killed', reason: 'it did not stop in time', limitMs: LIMIT_MS },
        left: [{ activity: 'exportSegment', job_id: JOB_ID, attempt: 2 }],
      },
    );
  });
});
