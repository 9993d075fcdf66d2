import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { seedSampleData } from '../dev/sample-data/seed.js';
import type { Service } from '../dev/stack/context.js';
import type { Progress } from '../dev/stack/progress.js';
import { LOCAL_DIR, startStack, type Stack } from '../dev/stack/stack.js';
import { urlOfDatabase, recreateDatabase } from './databases.js';

export const BENCH_DIR = join(LOCAL_DIR, 'bench');

export interface BenchStack extends Stack {
  /** Temporal's own PostgreSQL, if it has one. */
  readonly temporalPostgres?: Service | undefined;
}

/** Variables that would make the stack, or a program, use services from outside. */
const FOREIGN =
  /^((SOURCE_)?DATABASE_URL|(TEMPORAL|S3|AWS|RESEND|RCLONE|JWT|LINK)_.*|EXPORT_BUCKET|EMAIL_FROM|PG[A-Z]+|NODE_OPTIONS)$/;

/** The caller's environment without services: their cost is measured, so the benchmark must start them itself. */
export const benchEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));

/** The local stack in its own folder. Sample rows are generated once; files and histories start empty. */
export async function startBenchStack(progress: Progress, signal: AbortSignal): Promise<Stack> {
  return startStack({ dataDir: BENCH_DIR, progress, signal, environment: benchEnvironment() });
}

/**
 * Deletes files and histories; the stack must be stopped. Deleting files between runs would leave the store busy
 * cleaning up.
 */
export async function removeOutput(): Promise<void> {
  for (const folder of ['seaweedfs', 'temporal']) {
    await rm(join(BENCH_DIR, folder), { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * A database with this many sample orders of one tenant, created if it does not exist.
 * @returns its URL
 */
export async function seededDatabase(
  { env }: Stack,
  orders: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const name = `bench_orders_${orders}`;
  return progress.step(`Sample data: ${orders.toLocaleString('en')} orders of one tenant`, async (say) => {
    const url = urlOfDatabase(env.DATABASE_URL, name);
    await recreateDatabase(env.DATABASE_URL, name, { keep: true });
    await seedSampleData({ databaseUrl: url, orders, singleTenant: true, say, signal });
    say('');
    return url;
  });
}
