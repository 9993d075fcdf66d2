import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runCommand, tellingLine } from '../dev/stack/run-command.js';
import { StackError } from '../dev/stack/stack-error.js';
import { BENCH_DIR } from './bench-stack.js';

const LIMIT_MS = 180_000;

/**
 * Compiles the service and bundles its workflows like `npm run build`, plus the textbook, but into the benchmark's own
 * folder, so that a build during the run does not change what is measured.
 * @returns that folder
 * @throws StackError if it does not compile
 */
export async function compile(signal: AbortSignal): Promise<string> {
  const folder = join(BENCH_DIR, 'dist');
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await rm(folder, { recursive: true, force: true });
  const steps = [
    [tsc, '-p', join('bench', 'tsconfig.dist.json'), '--outDir', folder],
    [join(folder, 'worker', 'write-bundle.js')],
  ];
  for (const step of steps) {
    const { ok, output } = await runCommand(process.execPath, step, { timeoutMs: LIMIT_MS, signal });
    if (!ok) throw new StackError(`The service can't be built: ${tellingLine(output)}`);
  }
  return folder;
}
