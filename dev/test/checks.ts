import { resolve } from 'node:path';
import { runCommand } from '../stack/run-command.js';
import { messageOf } from '../../shared/errors.js';
import { LOCAL_DIR } from '../stack/stack.js';

interface Check {
  readonly title: string;
  /** A package's script, and its arguments. */
  readonly args: readonly string[];
}

/** A cache file from the last run, for programs that can validate it themselves. */
const kept = (name: string): string => resolve(LOCAL_DIR, 'checks', name);
const tsc = (project: string, name: string): readonly string[] => {
  const known = kept(`${name}.tsbuildinfo`);
  return ['typescript/bin/tsc', '--noEmit', '-p', project, '--incremental', '--tsBuildInfoFile', known];
};

const TYPES: Check = { title: 'Types (tsc)', args: tsc('.', 'types') };
const PAGE_TYPES: Check = { title: 'Types of the web page (tsc)', args: tsc('api/web', 'page-types') };
// No cache: ESLint caches results per file, but most of our rules depend on types in other files.
const LINT: Check = { title: 'Lint (eslint)', args: ['eslint/bin/eslint.js', '.'] };
const FORMAT: Check = {
  title: 'Format (prettier)',
  args: ['prettier/bin/prettier.cjs', '--check', '.', '--cache', '--cache-location', kept('prettier')],
};
const UNUSED: Check = { title: 'Unused code (knip)', args: ['knip/bin/knip.js'] };

/** Two series in parallel: linting takes about as long as the others together. */
const SERIES: readonly (readonly Check[])[] = [[LINT], [TYPES, PAGE_TYPES, FORMAT, UNUSED]];
/** They only get the CPU time that the tests leave. */
const LIMIT_MS = 1_200_000;

export interface CheckResult {
  readonly title: string;
  readonly ok: boolean;
  /** The program's output. */
  readonly output: string;
}

/**
 * Runs the static checks while the tests run, at a lower priority, and prints a line as each ends. An aborted check
 * fails.
 */
export async function runChecks(signal: AbortSignal): Promise<CheckResult[]> {
  const series = await Promise.all(
    SERIES.map(async (checks) => {
      const results: CheckResult[] = [];
      for (const check of checks) results.push(await runCheck(check, signal));
      return results;
    }),
  );
  return series.flat();
}

async function runCheck({ title, args }: Check, signal: AbortSignal): Promise<CheckResult> {
  const root = resolve(LOCAL_DIR, '..');
  const [script = '', ...rest] = args;
  const startedAt = performance.now();
  const program = [process.execPath, resolve(root, 'node_modules', script), ...rest];
  const options = { timeoutMs: LIMIT_MS, signal, cwd: root };
  const { ok, output } = await runCommand('nice', ['-n', '19', ...program], options).catch((error: unknown) => ({
    ok: false,
    output: messageOf(error),
  }));
  console.log(`  ${ok ? '✓' : '✗'} ${title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return { title, ok, output };
}
