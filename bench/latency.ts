import type { Progress } from '../dev/stack/progress.js';
import { shareOfOthers, startMeter } from './meter.js';
import type { Pids } from './pids.js';
import { escapedCsv } from './requests.js';
import { runExport, type ExportRun } from './run-export.js';
import type { BenchService } from './service.js';
import { unlessAborted } from './unless-aborted.js';
import { median, quantile } from './statistics.js';

/** Number of rows in the small export. */
export const LATENCY_ROWS = 1000;
const WARM_UP = 10;
const EXPORTS = 30;

export interface Latency {
  readonly exports: number;
  /** Milliseconds from the request to COMPLETED. */
  readonly median: number;
  readonly p95: number;
  /** Median of the milliseconds from the request to the end of the workflow. */
  readonly workflowMedian: number;
  /** Milliseconds from the request to its response. */
  readonly postMedian: number;
  readonly postP95: number;
  readonly historyEvents: number;
  /** Share of the machine's CPU that other processes used meanwhile. */
  readonly others: number;
  /** CPU milliseconds per export, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** Measures small exports one after the other on an otherwise idle service. */
export async function measureLatency(
  service: BenchService,
  pids: Pids,
  progress: Progress,
  signal: AbortSignal,
): Promise<Latency> {
  return progress.step(`Latency: ${EXPORTS} exports of ${LATENCY_ROWS} rows`, async (say) => {
    const once = (): Promise<ExportRun> => unlessAborted(signal, () => runExport(service, escapedCsv));
    for (let i = 0; i < WARM_UP; i += 1) await once();
    const read = startMeter(pids);
    const runs: ExportRun[] = [];
    for (let i = 0; i < EXPORTS; i += 1) {
      runs.push(await once());
    }
    const reading = read();
    const walls = runs.map(({ wallMs }) => wallMs);
    const posts = runs.map(({ postMs }) => postMs);
    const found = { median: median(walls), p95: quantile(walls, 0.95) };
    say(`${found.median.toFixed(0)} ms, p95 ${found.p95.toFixed(0)} ms; POST ${median(posts).toFixed(0)} ms`);
    return {
      exports: EXPORTS,
      ...found,
      workflowMedian: median(runs.map(({ workflowMs }) => workflowMs)),
      postMedian: median(posts),
      postP95: quantile(posts, 0.95),
      others: shareOfOthers(reading),
      cpu: Object.fromEntries(Object.entries(reading.cpu).map(([name, spent]) => [name, (spent / EXPORTS) * 1000])),
      historyEvents: Math.max(...runs.map(({ historyEvents }) => historyEvents)),
    };
  });
}
