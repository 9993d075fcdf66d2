import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { createProgress } from '../../dev/stack/progress.js';
import { LOCAL_DIR, startStack, type Stack } from '../../dev/stack/stack.js';

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

/**
 * A stack beside the shared one, for a test that launches programs or stops a service, and closes it.
 * @param own the service that is its own; it has the shared one's keys
 */
export async function stackBeside(own?: 's3'): Promise<Stack> {
  const shared = stack();
  const dataDir = join(shared.dataDir, `beside-${randomUUID().slice(0, 8)}`);
  await mkdir(dataDir);
  await copyFile(join(shared.dataDir, 'secrets.json'), join(dataDir, 'secrets.json'));
  const environment = { ...process.env, ...shared.env, ...(own === 's3' ? { S3_ENDPOINT: undefined } : {}) };
  return startStack({ dataDir, throwaway: true, progress: createProgress(process.stderr), environment });
}
