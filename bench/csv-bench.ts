import { seededDatabase } from './bench-stack.js';
import { compete, type Score } from './csv-row.js';
import { contestantsOn } from './field.js';
import type { Lab } from './lab.js';
import type { BenchOptions } from './options.js';
import { referenceOf, type Fingerprint } from './reference.js';
import { startService } from './service.js';
import { startSink } from './sink/start.js';

export interface Clients {
  readonly psql: string;
  readonly rclone: string;
}

export interface CsvResult {
  readonly file: Fingerprint;
  readonly scores: readonly Score[];
}

/** All rows as CSV: the service beside `psql | rclone`, to an S3 store and to one that discards what it gets. */
export async function benchCsv(
  lab: Lab,
  { rows, rounds, cpuProfile }: BenchOptions,
  clients: Clients,
): Promise<CsvResult> {
  const { stack, programs, dist, progress, signal } = lab;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const sink = await progress.step('Discarding sink', () => startSink(programs));
  const common = { dist, sourceUrl, cpuProfile };
  const [toStore, toSink] = await progress.step('Two services', () =>
    Promise.all([
      startService(stack, programs, { ...common, name: 'store', s3Endpoint: stack.env.S3_ENDPOINT }),
      startService(stack, programs, { ...common, name: 'sink', s3Endpoint: sink.endpoint }),
    ]),
  );
  try {
    const file = await progress.step('What psql prints', () => referenceOf(clients.psql, sourceUrl, signal));
    const entries = contestantsOn({ stack, programs, ...clients, sourceUrl, toStore, toSink, sink, reference: file });
    return { file, scores: await compete(entries, rounds, progress, signal) };
  } finally {
    await Promise.all([toStore.stop(), toSink.stop()]);
  }
}
