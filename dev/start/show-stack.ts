import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPage } from '../build-page.js';
import { seedSampleData } from '../sample-data/seed.js';
import { NORTHWIND } from '../sample-data/tenants.js';
import type { Progress } from '../stack/progress.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from '../stack/stack-error.js';
import { resetStack } from '../stack/reset.js';
import type { Environment } from '../stack/stack-env.js';
import { startStack, type Stack } from '../stack/stack.js';
import { downloadFile } from './download.js';
import { exportOrders, type FinishedExport } from './export-orders.js';
import { startApiAndWorker, type RunningService } from './start-service.js';
import { prepareService } from './prepare-service.js';
import { addressesOf, exportReport } from './report.js';

export interface ShowOptions {
  /** Number of sample orders. */
  readonly orders: number;
  /** End after the sample export. */
  readonly once: boolean;
  /** Delete the data of earlier runs. */
  readonly reset: boolean;
  readonly dataDir: string;
  /** Services whose address is in here are used instead of started. */
  readonly environment: Environment;
  readonly progress: Progress;
  /** Stops it at any time. */
  readonly signal: AbortSignal;
}

/**
 * Starts everything, makes one export, and keeps running until interrupted. Leaves nothing running.
 * @throws StackError with a sentence when something fails, now or later
 */
export async function showStack(options: ShowOptions): Promise<void> {
  const { orders, once, reset, dataDir, environment, progress, signal } = options;
  if (reset) await progress.step('Deleting data from earlier runs', () => resetStack(dataDir));
  progress.line('Starting the local stack');
  const stack = await startStack({ dataDir, environment, progress, signal });
  try {
    await Promise.all([
      prepareService(stack, progress),
      seed(stack, orders, progress, signal),
      progress.step('Web page', buildPage),
    ]);
    // A worker checks its datasets against the tables when it starts, so the tables must exist.
    const service = await startApiAndWorker(stack, environment, progress);
    await untilDeath(service, signal, async (stop) => {
      const [user] = NORTHWIND.users;
      const { inboxUrl, env } = stack;
      const webhook = inboxUrl === undefined ? {} : { webhookUrl: `${inboxUrl}/webhook` };
      const address = { url: service.url, jwtSecret: env.JWT_SECRET, tenantId: NORTHWIND.id, user, ...webhook };
      const finished = await exportOrders(address, progress, stop);
      progress.line(exportReport(finished, stack));
      if (once) await checkFile(finished, stack, progress, stop);
      else progress.line(addressesOf(service, stack, finished));
    });
    if (!once)
      await untilDeath(service, signal, (stop) => sleep(2 ** 31 - 1, undefined, { signal: stop })).catch(
        ignore(signal),
      );
  } finally {
    await progress.step('Stopping', () => stack.stop());
  }
}

async function seed(stack: Stack, orders: number, progress: Progress, signal: AbortSignal): Promise<void> {
  const { sourceOwnerUrl: databaseUrl } = stack;
  if (databaseUrl === undefined) {
    progress.line('  Skipped the sample data, because the source database is your own.');
    return;
  }
  await progress.step(`Sample data: ${orders.toLocaleString('en')} orders`, async (say) => {
    await seedSampleData({ databaseUrl, orders, singleTenant: false, say, signal }).catch((error: unknown) => {
      throw error instanceof StackError
        ? error
        : new StackError(`Seeding failed: ${messageOf(error)}.`, { cause: error });
    });
    say('');
  });
}

async function checkFile(
  finished: FinishedExport,
  { dataDir }: Stack,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(dataDir, 'downloads');
  const file = await progress.step('Downloading the file from its link', () => downloadFile(finished, folder, signal));
  progress.line(
    `  File      ${file.path} (checked: ${file.bytes.toLocaleString('en')} bytes, ${file.rows.toLocaleString('en')} rows)`,
  );
}

/** Runs `work`; if the API or the worker ends by itself, interrupts it and rejects. */
async function untilDeath(
  service: RunningService,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const dead = new AbortController();
  const deaths = service.processes.map(async (running) => {
    const { code, signal: killer } = await running.exited;
    if (signal.aborted) return;
    dead.abort(
      new StackError(`The ${running.name} exited (${killer ?? `code ${code}`}): ${lastLine(await running.logTail())}
See its log: ${running.logFile}.`),
    );
  });
  const stop = AbortSignal.any([signal, dead.signal]);
  try {
    await work(stop);
  } catch (error) {
    dead.signal.throwIfAborted();
    throw error;
  } finally {
    void Promise.allSettled(deaths);
  }
}

const lastLine = (text: string): string => text.split('\n').at(-1) ?? '';

/** An interrupt is the normal end. */
const ignore =
  (signal: AbortSignal) =>
  (error: unknown): void => {
    if (!signal.aborted) throw error;
  };
