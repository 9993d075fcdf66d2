import { allEnded } from '../shared/all-ended.js';
import type { Lab } from './lab.js';
import { startBenchService, type BenchService, type BenchServiceOptions } from './service.js';

type Settings = Pick<BenchServiceOptions, 'segmentsInFlight' | 'cpuProfile'>;
type Wanted = Omit<BenchServiceOptions, 'name' | 'dist' | keyof Settings>;

/** Starts services by name in parallel, runs `work` with them and stops them. */
export async function withServices<Name extends string, T>(
  { stack, programs, dist, progress }: Lab,
  wanted: Readonly<Record<Name, Wanted>>,
  { segmentsInFlight, cpuProfile }: Settings,
  work: (services: Readonly<Record<Name, BenchService>>) => Promise<T>,
): Promise<T> {
  const entries = Object.entries<Wanted>(wanted);
  const running: [string, BenchService][] = [];
  try {
    await progress.step(entries.length === 1 ? 'Service' : `${entries.length} services`, async () => {
      const starts = entries.map(async ([name, options]) => {
        running.push([
          name,
          await startBenchService(stack, programs, { ...options, name, dist, segmentsInFlight, cpuProfile }),
        ]);
      });
      await allEnded(starts);
    });
    return await work(Object.fromEntries(running) as Readonly<Record<Name, BenchService>>);
  } finally {
    await Promise.all(running.map(([, service]) => service.stop()));
  }
}
