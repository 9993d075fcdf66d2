import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { createProgress } from '../../dev/stack/progress.js';
import { LOCAL_DIR, startStack, type Stack, type StackOptions } from '../../dev/stack/stack.js';

/** The services that every test of this run shares: real ones, in a folder that is removed at the end. */
export interface TestStack {
  readonly env: Stack['env'];
  readonly dataDir: string;
  readonly logDir: string;
  readonly temporalCli: string;
}

/** Mocha's parallel jobs are processes of their own, which inherit it from the one that started the stack. */
const VARIABLE = 'EXPORT_TEST_STACK';

export function stack(): TestStack {
  const running = process.env[VARIABLE];
  if (running === undefined) throw new Error('The stack runs only under mocha, with test/support/global-setup.ts.');
  return JSON.parse(running) as TestStack;
}

/** Starts it. Call once a run. */
export async function startTestStack(signal: AbortSignal): Promise<Stack> {
  const dataDir = join(LOCAL_DIR, `test-${process.pid}`);
  const started = await startStack({ dataDir, throwaway: true, progress: createProgress(process.stderr), signal });
  const { env, logDir, temporalCli } = started;
  process.env[VARIABLE] = JSON.stringify({ env, dataDir, logDir, temporalCli } satisfies TestStack);
  return started;
}

/** Where each service's address is; without it, a stack starts one of its own. */
const ADDRESSES = {
  postgres: ['DATABASE_URL', 'SOURCE_DATABASE_URL'],
  temporal: ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'],
  s3: ['S3_ENDPOINT'],
} as const;
export type OwnService = keyof typeof ADDRESSES;

/**
 * A stack beside the shared one, for a test that launches programs or stops a service, and closes it.
 * @param own the services that are its own; they have the shared ones' keys
 */
export const stackBeside = (...own: readonly OwnService[]): Promise<Stack> => stackWith(own);

/** The same, with other options. */
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
