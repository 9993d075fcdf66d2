import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { createProgress } from '../../dev/stack/progress.js';
import { LOCAL_DIR, startStack, type Stack, type StackOptions } from '../../dev/stack/stack.js';

/** The real services that every test of this run shares, in a folder that is removed at the end. */
export interface TestStack {
  readonly env: Stack['env'];
  readonly dataDir: string;
  readonly logDir: string;
  readonly temporalCli: string;
}

/** Mocha's parallel jobs are separate processes, which inherit this variable from the one that started the stack. */
const VARIABLE = 'EXPORT_TEST_STACK';

export function stack(): TestStack {
  const running = process.env[VARIABLE];
  if (running === undefined) throw new Error('The stack runs only under mocha, with test/support/global-setup.ts.');
  return JSON.parse(running) as TestStack;
}

/** Starts the shared stack. Call it once per run. */
export async function startTestStack(signal: AbortSignal): Promise<Stack> {
  const dataDir = join(LOCAL_DIR, `test-${process.pid}`);
  const started = await startStack({ dataDir, throwaway: true, progress: createProgress(process.stderr), signal });
  const { env, logDir, temporalCli } = started;
  process.env[VARIABLE] = JSON.stringify({ env, dataDir, logDir, temporalCli } satisfies TestStack);
  return started;
}

/** The variables with each service's address; without them, a stack starts its own. */
const ADDRESSES = {
  postgres: ['DATABASE_URL', 'SOURCE_DATABASE_URL'],
  temporal: ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'],
  s3: ['S3_ENDPOINT'],
} as const;
export type OwnService = keyof typeof ADDRESSES;

/**
 * A separate stack, for a test that launches programs or stops a service. The test must stop it.
 * @param own services that it starts itself, with the keys of the shared ones
 */
export const stackBeside = (...own: readonly OwnService[]): Promise<Stack> => stackWith(own);

/** Like `stackBeside`, with other options. */
export async function stackWith(own: readonly OwnService[], options: StackOptions = {}): Promise<Stack> {
  const shared = stack();
  const dataDir = join(shared.dataDir, `beside-${randomUUID().slice(0, 8)}`);
  await mkdir(dataDir);
  await copyFile(join(shared.dataDir, 'secrets.json'), join(dataDir, 'secrets.json'));
  const without = own.flatMap((service) => ADDRESSES[service].map((name) => [name, undefined] as const));
  const environment = { ...process.env, ...shared.env, ...Object.fromEntries(without) };
  return startStack({
    dataDir,
    throwaway: true,
    progress: createProgress(process.stderr),
    environment,
    ...options,
  });
}
