import type { Stack } from '../../dev/stack/stack.js';
import { until } from './exports.js';
import type { TestService } from './service.js';

type Launched = Awaited<ReturnType<Stack['launch']>>;

/** A worker process that is at work. */
export async function launchWorker(
  programs: Stack,
  { env: common }: TestService,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Launched> {
  const worker = await programs.launch({ name, args: ['worker/main.ts'], env: { ...common, ...env } });
  await until(`start of ${name}`, async () => (await worker.logTail()).includes('"msg":"working"'), 60_000);
  return worker;
}
