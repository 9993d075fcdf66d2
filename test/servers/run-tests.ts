import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { LOCAL_DIR } from '../../dev/stack/stack.js';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import { DURATIONS_VARIABLE } from '../../dev/test/durations.js';
import { LONG } from '../support/depth.js';

const ROOT = resolve(LOCAL_DIR, '..');
/** Time limit of a run; mocha's own limit for the test is longer. */
export const RUN_LIMIT_MS = LONG ? 60 * 60_000 : 240_000;

/**
 * Runs test files again with the services of `env`, as `npm test -- FILES` with these addresses in the environment.
 *
 * @param depth default: as in `npm test`
 * @throws Error with the end of the output when a test fails, or none has run
 */
export async function runTests(args: readonly string[], env: StackEnv, depth: '' | 'deep' = ''): Promise<void> {
  const child = spawn(process.execPath, ['dev/run.mjs', 'test', ...args], {
    cwd: ROOT,
    // Without a name for durations: these aren't the durations of ordinary runs.
    env: { ...process.env, ...env, EXPORT_TESTS: depth, [DURATIONS_VARIABLE]: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_LIMIT_MS,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('exit', resolve);
  });
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const [, passed = '0'] = /^(\d+) passed, 0 failed/m.exec(output) ?? [];
  if (code === 0 && Number(passed) > 0) return;
  throw new Error(`${args.join(' ')} failed:\n${`${output}\n${errors}`.slice(-6000)}`);
}
