import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { LOCAL_DIR } from '../stack/stack.js';

/** The variable that tells the test process where to write its counts. */
export const COUNTS_VARIABLE = 'EXPORT_TEST_COUNTS';

const countsSchema = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() });
export type Counts = z.infer<typeof countsSchema>;

/** Tests wait for servers about as long as they compute: two at a time use two cores. */
const PARALLEL = ['--parallel', '--jobs', '2'];

/**
 * Runs mocha in the foreground. A run that ends without writing its counts, or that fails although no test did,
 * counts as one failure.
 *
 * @param args for mocha; none runs every test
 */
export async function runMocha(args: readonly string[], countsFile: string, signal: AbortSignal): Promise<Counts> {
  const root = resolve(LOCAL_DIR, '..');
  const code = await new Promise<number>((done, fail) => {
    const child = spawn(
      process.execPath,
      [resolve(root, 'node_modules', 'mocha', 'bin', 'mocha.js'), ...(args.length === 0 ? PARALLEL : args)],
      {
        cwd: root,
        env: { ...process.env, [COUNTS_VARIABLE]: countsFile },
        stdio: 'inherit',
      },
    );
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    child.once('error', fail);
    child.once('exit', (exitCode) => {
      done(exitCode ?? 1);
    });
  });
  const counts = await readCounts(countsFile);
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function readCounts(file: string): Promise<Counts> {
  try {
    return countsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await rm(file, { force: true });
  }
}
