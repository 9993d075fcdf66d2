import { readFile } from 'node:fs/promises';
import type { Stack } from '../../dev/stack/stack.js';
import { until } from './exports.js';
import type { TestService } from './service.js';

type Launched = Awaited<ReturnType<Stack['launch']>>;

/**
 * Waits until a worker process has logged that it is working. Reads the whole log, because each queue logs more lines
 * after that.
 */
export async function untilWorking({ name, logFile }: Pick<Launched, 'name' | 'logFile'>): Promise<void> {
  await until(`start of ${name}`, async () => (await readFile(logFile, 'utf8')).includes('"msg":"working"'), 60_000);
}

/** Launches a worker process, and waits until it is working. */
export async function launchWorker(
  programs: Stack,
  { env: common }: TestService,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Launched> {
  const worker = await programs.launch({ name, args: ['worker/main.ts'], env: { ...common, ...env } });
  await untilWorking(worker);
  return worker;
}
