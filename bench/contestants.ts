import { startMeter, type Reading } from './meter.js';
import { runPipeline, type PipelineWork } from './pipeline.js';
import { pidsOfService, type Pids } from './pids.js';
import type { Programs } from './programs.js';
import type { ProgressFindings } from './progress-watch.js';
import { exportRequest } from './reference.js';
import { runExport } from './run-export.js';
import type { Service } from './service.js';

/** One turn of one contestant. */
export interface Turn {
  readonly seconds: number;
  /** CPU seconds of the worker, or of psql and rclone. */
  readonly clientCpu: number;
  /** Of the same, in bytes. */
  readonly peakMemory: number;
  readonly reading: Reading;
  readonly key: string;
  readonly bytes: number | undefined;
  /** Only of exports. */
  readonly crc32?: string;
  readonly rows?: number;
  readonly historyEvents?: number;
  readonly postMs?: number;
  readonly progress?: ProgressFindings;
}

export interface Contestant {
  readonly name: string;
  readonly title: string;
  /** Which store the file went to. */
  readonly store: 's3' | 'sink';
  turn(number: number): Promise<Turn>;
}

export interface ServiceWork {
  readonly service: Service;
  readonly pids: Pids;
  readonly escapeFormulas: boolean;
  /** How often somebody asks how far it is. */
  readonly watchEveryMs: number;
}

export function serviceContestant(
  about: Pick<Contestant, 'name' | 'title' | 'store'>,
  { service, pids, escapeFormulas, watchEveryMs }: ServiceWork,
): Contestant {
  return {
    ...about,
    async turn() {
      const read = startMeter({ ...pids, ...pidsOfService(service) });
      const { wallMs, ...run } = await runExport(service, exportRequest(escapeFormulas), { watchEveryMs });
      const reading = read();
      const clientCpu = reading.cpu.worker ?? 0;
      const peakMemory = reading.peakMemory.worker ?? 0;
      return { ...run, seconds: wallMs / 1000, clientCpu, peakMemory, reading };
    },
  };
}

export function pipelineContestant(
  about: Pick<Contestant, 'name' | 'title' | 'store'>,
  { programs, pids, work }: { programs: Programs; pids: Pids; work: Omit<PipelineWork, 'key'> },
): Contestant {
  return {
    ...about,
    async turn(number) {
      const key = `pipeline/${about.name}-${number}.csv`;
      const read = startMeter(pids);
      const { wallMs, peakMemory } = await runPipeline(programs, { ...work, key });
      const reading = read();
      const clientCpu = reading.cpu.pipeline ?? 0;
      return { seconds: wallMs / 1000, clientCpu, peakMemory, reading, key, bytes: undefined };
    },
  };
}
