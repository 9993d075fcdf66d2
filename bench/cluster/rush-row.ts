import { seededDatabase } from '../bench-stack.js';
import type { Lab } from '../lab.js';
import { shareOfOthers, startMeter, type Reading } from '../meter.js';
import type { BenchOptions } from '../options.js';
import { pidsOfService, pidsOfStack } from '../pids.js';
import { verdictTable } from '../report.js';
import type { RowReport } from '../rows/row.js';
import { verdict } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { sampleBusy, type BusySample } from './busy.js';
import { measureRush, RUSH, type Rush } from './rush.js';

export interface RushReport extends RowReport {
  readonly results: { readonly rush: Rush; readonly reading: Reading; readonly samples: readonly BusySample[] };
}

/**
 * A thousand small exports at once. The API, two control workers and a data worker are separate processes, as in
 * production.
 */
export async function rushRow(lab: Lab, options: BenchOptions): Promise<RushReport> {
  const { stack, progress, signal } = lab;
  const sourceUrl = await seededDatabase(stack, RUSH.rows, progress, signal);
  const services = {
    rush: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT, workers: ['control', 'control', 'data'] },
  } as const;
  return withServices(lab, services, options, async ({ rush: service }) => {
    const pids = { ...pidsOfStack(stack), ...pidsOfService(service) };
    const title = `${RUSH.users * RUSH.exportsOfUser} exports of ${RUSH.rows} rows at once, ${RUSH.users} users`;
    const readMeter = startMeter(pids);
    const endSampling = sampleBusy(pids);
    try {
      const found = await progress.step(title, () =>
        measureRush(service, stack.env.JWT_SECRET, signal, () => ({ reading: readMeter(), samples: endSampling() })),
      );
      const { rush } = found;
      const verdicts = [
        ...verdict('burst: exports without a complete file', rush.exports - rush.completed, 0, '', 0),
        ...verdict('burst: workflows that still hold a slot', rush.stillRunning, 0, '', 0),
      ];
      return {
        name: 'rush',
        title,
        table: verdictTable(verdicts),
        verdicts,
        others: shareOfOthers(found.reading),
        results: found,
      };
    } finally {
      endSampling();
    }
  });
}
