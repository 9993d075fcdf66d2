import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { filesIn } from '../../shared/process/files.js';
import { LOCAL_DIR } from '../stack/stack.js';
import { DURATIONS_VARIABLE, keepDurations, longestFirst } from './durations.js';

/** The variable with the file to which the test process writes its counts. */
export const COUNTS_VARIABLE = 'EXPORT_TEST_COUNTS';

const countsSchema = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() });
export type Counts = z.infer<typeof countsSchema>;

const ROOT = resolve(LOCAL_DIR, '..');
/** Three jobs take a tenth less time on two cores, but on a slow machine, tests then run into their time limits. */
const PARALLEL = ['--parallel', '--jobs', '2'];

/**
 * Runs mocha in the foreground. A run that ends without writing its counts, or that fails although no test did, counts
 * as one failure. A full run records how long each file took.
 * @param args for mocha; an empty list runs every test
 */
export async function runMocha(args: readonly string[], signal: AbortSignal): Promise<Counts> {
  const countsFile = join(LOCAL_DIR, `counts-${process.pid}.json`);
  const env: NodeJS.ProcessEnv = { ...process.env, [COUNTS_VARIABLE]: countsFile };
  if (args.length > 0) return countsOf(await exitCode(args, env, signal), countsFile);

  const durations = join(LOCAL_DIR, `durations-${process.pid}.jsonl`);
  const files = (await filesIn(join(ROOT, 'test'))).filter((file) => file.endsWith('.test.ts'));
  const everything = [...PARALLEL, ...(await longestFirst(files))];
  const code = await exitCode(everything, { ...env, [DURATIONS_VARIABLE]: durations }, signal);
  await keepDurations(durations);
  return countsOf(code, countsFile);
}

function exitCode(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  return new Promise((done, fail) => {
    const mocha = resolve(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const child = spawn(process.execPath, [mocha, ...args], { cwd: ROOT, env, stdio: 'inherit' });
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    child.once('error', fail);
    child.once('exit', (code) => {
      done(code ?? 1);
    });
  });
}

async function countsOf(code: number, file: string): Promise<Counts> {
  const counts = await readCounts(file);
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
