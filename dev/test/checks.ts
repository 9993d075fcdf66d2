import { resolve } from 'node:path';
import type { Progress } from '../stack/progress.js';
import { runCommand } from '../stack/run-command.js';
import { LOCAL_DIR } from '../stack/stack.js';

interface Check {
  readonly title: string;
  /** The script of the package that makes it, and its arguments. */
  readonly args: readonly string[];
}

/** What a check may know from the last run, where its program itself can tell that it still holds. */
const kept = (name: string): string => resolve(LOCAL_DIR, 'checks', name);
const tsc = (project: string, name: string): readonly string[] => {
  const known = kept(`${name}.tsbuildinfo`);
  return ['typescript/bin/tsc', '--noEmit', '-p', project, '--incremental', '--tsBuildInfoFile', known];
};

const TYPES: Check = { title: 'Types (tsc)', args: tsc('.', 'types') };
const PAGE_TYPES: Check = { title: 'Types of the web page (tsc)', args: tsc('api/web', 'page-types') };
// Keeps nothing: what ESLint keeps is the verdict on a file by itself, and most of our rules look at types of others.
const LINT: Check = { title: 'Lint (eslint)', args: ['eslint/bin/eslint.js', '.'] };
const FORMAT: Check = {
  title: 'Format (prettier)',
  args: ['prettier/bin/prettier.cjs', '--check', '.', '--cache', '--cache-location', kept('prettier')],
};
const UNUSED: Check = { title: 'Unused code (knip)', args: ['knip/bin/knip.js'] };

/** Two at a time: linting takes about as long as the rest together. */
const LANES: readonly (readonly Check[])[] = [[LINT], [TYPES, PAGE_TYPES, FORMAT, UNUSED]];
const LIMIT_MS = 300_000;

/** Runs the static checks, printing what those that fail have to say. Whether each passed. */
export async function runChecks(progress: Progress, signal: AbortSignal): Promise<boolean[]> {
  const lanes = await Promise.all(
    LANES.map(async (checks) => {
      const results: boolean[] = [];
      for (const check of checks) results.push(await runCheck(check, progress, signal));
      return results;
    }),
  );
  return lanes.flat();
}

async function runCheck({ title, args }: Check, progress: Progress, signal: AbortSignal): Promise<boolean> {
  const root = resolve(LOCAL_DIR, '..');
  const [script = '', ...rest] = args;
  try {
    await progress.step(title, async () => {
      const options = { timeoutMs: LIMIT_MS, signal, cwd: root };
      const { ok, output } = await runCommand(
        process.execPath,
        [resolve(root, 'node_modules', script), ...rest],
        options,
      );
      if (!ok) throw new Error(output);
    });
    return true;
  } catch (error) {
    progress.line(error instanceof Error ? error.message : String(error));
    return false;
  }
}
