import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { allEnded } from '../../shared/all-ended.js';
import { buildPage } from '../build-page.js';
import type { Progress } from '../stack/progress.js';
import { StackError } from '../stack/stack-error.js';
import { resetStack } from '../stack/reset.js';
import type { Environment } from '../stack/stack-env.js';
import { startStack, type Stack } from '../stack/stack.js';
import { downloadFile } from './download.js';
import { exportSample, type FinishedExport, type SampleExport } from './export-sample.js';
import { ownDatasets } from './own-datasets.js';
import { startApiAndWorker, type RunningService } from './start-service.js';
import { prepareService } from './prepare-service.js';
import { prepareSource } from './prepare-source.js';
import { addressesOf, exportReport } from './report.js';
import { signIn } from './sign-in.js';

/** What the sample export contains, unless the datasets are the user's own. */
const SAMPLE_DATASET = 'orders';

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
  const own = await ownDatasets(environment);
  if (reset) await progress.step('Deleting data from earlier runs', () => resetStack(dataDir));
  progress.line('Starting the local stack');
  const stack = await startStack({ dataDir, environment, progress, signal });
  try {
    await allEnded([
      prepareService(stack, progress),
      // A worker checks its datasets against the tables when it starts, so the tables must exist.
      prepareSource(stack, { orders, hasOwnDatasets: own !== undefined, environment }, progress, signal),
      progress.step('Web page', buildPage),
    ]);
    const user = await signIn(stack, own, environment, progress);
    const service = await startApiAndWorker(stack, environment, user.token, progress);
    await untilDeath(service, signal, async (stop) => {
      const { inboxUrl } = stack;
      const webhook = inboxUrl === undefined ? {} : { webhookUrl: `${inboxUrl}/webhook` };
      const datasets = own === undefined ? [SAMPLE_DATASET] : [...own.keys()];
      const sample = { url: service.url, user, datasets, ...webhook };
      const finished = await makeExport(sample, own !== undefined && !once, progress, stop);
      if (finished !== undefined) progress.line(exportReport(finished, stack));
      if (!once) progress.line(addressesOf({ service, stack, user, finished, own }));
      else if (finished !== undefined) await checkFile(finished, stack, progress, stop);
    });
    if (!once)
      await untilDeath(service, signal, (stop) => sleep(2 ** 31 - 1, undefined, { signal: stop })).catch(
        ignore(signal),
      );
  } finally {
    await progress.step('Stopping', () => stack.stop());
  }
}

/**
 * Makes one export.
 * @param mayFail prints why an export failed, because people's own tables or rights may not be ready yet
 * @throws StackError unless it `mayFail`
 */
async function makeExport(
  sample: SampleExport,
  mayFail: boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<FinishedExport | undefined> {
  try {
    const finished = await exportSample(sample, progress, signal);
    if (finished !== undefined) return finished;
    const { userId } = sample.user;
    throw new StackError(
      `No export, because ${userId} may not export any dataset. Set SAMPLE_USER to somebody who may.`,
    );
  } catch (error) {
    if (!mayFail || !(error instanceof StackError)) throw error;
    progress.line(`  ${error.message}`);
    return undefined;
  }
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
