import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { seedSampleData } from '../dev/sample-data/seed.js';
import type { Service } from '../dev/stack/context.js';
import type { Progress } from '../dev/stack/progress.js';
import { LOCAL_DIR, startStack, type Stack } from '../dev/stack/stack.js';
import { databaseUrl, recreateDatabase } from './databases.js';

export const BENCH_DIR = join(LOCAL_DIR, 'bench');

export interface BenchStack extends Stack {
  /** Where Temporal's own data is, when it has a PostgreSQL of its own. */
  readonly temporalPostgres?: Service | undefined;
}

/** Names of what would make the stack, or a program, use somebody else's services. */
const FOREIGN =
  /^((SOURCE_)?DATABASE_URL|(TEMPORAL|S3|AWS|RESEND|RCLONE|JWT|LINK)_.*|EXPORT_BUCKET|EMAIL_FROM|PG[A-Z]+|NODE_OPTIONS)$/;

/** The caller's environment without services: what they cost is measured, so they must be ours. */
export const benchEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));

/** The local stack in a folder of its own, whose sample rows are made once; files and histories begin empty. */
export async function startBenchStack(progress: Progress, signal: AbortSignal): Promise<Stack> {
  return startStack({ dataDir: BENCH_DIR, progress, signal, environment: benchEnvironment() });
}

/** Removes files and histories; needs a stopped stack. Deleting files between runs would leave the store cleaning up. */
export async function removeOutput(): Promise<void> {
  for (const folder of ['seaweedfs', 'temporal']) {
    await rm(join(BENCH_DIR, folder), { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * One tenant's sample orders in a database of their number, made when it is not there.
 * @returns the database's address
 */
export async function seededDatabase(
  { env }: Stack,
  orders: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const name = `bench_orders_${orders}`;
  return progress.step(`Sample data: ${orders.toLocaleString('en')} orders of one tenant`, async (say) => {
    const url = databaseUrl(env.DATABASE_URL, name);
    await recreateDatabase(env.DATABASE_URL, name, { keep: true });
    await seedSampleData({ databaseUrl: url, orders, singleTenant: true, say, signal });
    say('');
    return url;
  });
}
