import { z } from 'zod';
import type { Progress } from '../dev/stack/progress.js';
import { askApi } from './job.js';
import { shareOfOthers, startMeter } from './meter.js';
import type { Pids } from './pids.js';
import { plainCsv } from './requests.js';
import type { BenchService } from './service.js';
import { median, quantile } from './statistics.js';
import { unlessAborted } from './unless-aborted.js';

const WARM_UP = 3;
const PREVIEWS = 30;

/** What people preview: everything, then with filters that match many, few and no rows, then in another order. */
const REQUESTS = {
  'all rows': {},
  'a status': { filters: { status: ['paid'] } },
  'a month': { filters: { date_range: ['2025-03-01', '2025-04-01'] } },
  'a status and a currency': { filters: { status: ['refunded'], currency: 'CHF' } },
  'no row': { filters: { customer_id: 1, total: { gt: 900_000 } } },
  'newest first': { sort: '-placed_at' },
  'newest first, a status': { sort: '-placed_at', filters: { status: ['paid'] } },
} as const;

export interface PreviewFigures {
  readonly title: string;
  readonly rows: number;
  /** Milliseconds from the request to its response. */
  readonly median: number;
  readonly p95: number;
}

export interface Previews {
  readonly figures: readonly PreviewFigures[];
  /** Share of the machine's CPU that other processes used meanwhile. */
  readonly others: number;
}

/** Measures previews one after the other on an otherwise idle service. */
export async function measurePreviews(
  service: BenchService,
  pids: Pids,
  progress: Progress,
  signal: AbortSignal,
): Promise<Previews> {
  const read = startMeter(pids);
  const figures: PreviewFigures[] = [];
  for (const [title, changes] of Object.entries(REQUESTS)) {
    await progress.step(`Preview: ${title}`, async (say) => {
      const once = (): Promise<Preview> => unlessAborted(signal, () => preview(service, { ...plainCsv, ...changes }));
      for (let i = 0; i < WARM_UP; i += 1) await once();
      const previews: Preview[] = [];
      for (let i = 0; i < PREVIEWS; i += 1) previews.push(await once());
      const times = previews.map(({ ms }) => ms);
      const rows = previews[0]?.rows ?? 0;
      figures.push({ title, rows, median: median(times), p95: quantile(times, 0.95) });
      say(`${median(times).toFixed(0)} ms, ${rows} rows`);
    });
  }
  return { figures, others: shareOfOthers(read()) };
}

interface Preview {
  readonly ms: number;
  readonly rows: number;
}

const responseSchema = z.object({ files: z.array(z.object({ rows: z.array(z.unknown()) })) });

/** @throws RefusedError if the API rejects the request */
async function preview(service: BenchService, body: object): Promise<Preview> {
  const startedAt = performance.now();
  const text = await askApi(service, '/v1/exports/preview', { method: 'POST', body: JSON.stringify(body) });
  const ms = performance.now() - startedAt;
  return { ms, rows: responseSchema.parse(JSON.parse(text)).files.flatMap(({ rows }) => rows).length };
}
