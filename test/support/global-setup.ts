/** Loaded by mocha (`require` in .mocharc.json): starts one stack for the whole run, however many jobs it has. */
import { writeFileSync } from 'node:fs';
import type { Runner } from 'mocha';
import { buildPage } from '../../dev/build-page.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from '../../dev/stack/stack-error.js';
import type { Stack } from '../../dev/stack/stack.js';
import { COUNTS_VARIABLE, type Counts } from '../../dev/test/mocha.js';
import { VARIANTS, workflowBundleFile } from '../../worker/workflow-bundle.js';
import { DEEP } from './depth.js';
import { findSecrets, secretsOf } from './secrets.js';
import { stack as testStack, startTestStack } from './stack.js';

let stack: Stack | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Mocha would wait for the current test to end.
    process.removeAllListeners(signal);
    process.on(signal, () => {
      interrupt.abort();
    });
  }
  try {
    // Build shared artifacts once, before jobs could get in each other's way.
    const variants = DEEP ? VARIANTS : VARIANTS.slice(0, 1);
    [stack] = await Promise.all([startTestStack(interrupt.signal), buildPage(), ...variants.map(workflowBundleFile)]);
    const { env } = stack;
    useKeys(env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY);
  } catch (error) {
    console.error(error instanceof StackError ? messageOf(error) : error);
    process.exit(1);
  }
  interrupt.signal.addEventListener('abort', () => {
    void stack?.stop().finally(() => process.exit(130));
  });
}

const told = (error: unknown): string[] => [`unknown, because the search failed: ${messageOf(error)}`];

export async function mochaGlobalTeardown(this: Runner): Promise<void> {
  const leaked = stack === undefined ? [] : await findSecrets(testStack(), secretsOf(stack.env)).catch(told);
  for (const line of leaked) console.error(`Leaked secret: ${line}`);
  await stack?.stop();
  const file = process.env[COUNTS_VARIABLE];
  if (file === undefined || this.stats === undefined) return;
  const { passes: passed, failures, pending: skipped } = this.stats;
  const failed = failures + (leaked.length > 0 ? 1 : 0);
  writeFileSync(file, JSON.stringify({ passed, failed, skipped } satisfies Counts));
}

/**
 * The service finds its S3 keys through AWS's default credential chain, which reads the environment. The developer's
 * own AWS login must not take precedence.
 */
function useKeys(accessKeyId: string, secretAccessKey: string): void {
  const foreign = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
  for (const name of foreign) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
}
