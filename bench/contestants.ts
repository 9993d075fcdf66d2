import type { Expectation } from './expectation.js';
import { startMeter, type Reading } from './meter.js';
import { runPipeline, type Pipeline } from './pipeline.js';
import { pidsOfService } from './pids.js';
import type { Programs } from './programs.js';
import type { ProgressFindings } from './progress-watch.js';
import { rcloneEnvironment, rcloneStage } from './rclone.js';
import { runExport } from './run-export.js';
import type { Service } from './service.js';
import type { Stage } from './shell-line.js';
import type { Target } from './target.js';

/** One turn of one contestant. */
export interface Turn {
  readonly seconds: number;
  /** CPU seconds of the worker, or of a pipeline's programs. */
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

interface About {
  /** Unique among those who write to the same store; those of the service begin with `ours`. */
  readonly name: string;
  readonly title: string;
  readonly target: Target;
  /** What its file must be. */
  readonly expected: Expectation;
}

export interface Contestant extends About {
  turn(number: number): Promise<Turn>;
}

/** Answers cost the API, a worker and Temporal something: a race has one watcher, as an export usually has. */
const PATIENT_MS = 1000;

export interface ServiceWork {
  readonly service: Service;
  /** The body of its `POST`. */
  readonly request: object;
  /** How often somebody asks how far it is; default once a second. */
  readonly watchEveryMs?: number;
}

/** An export, from its request until the job's row says COMPLETED. */
export function serviceContestant(
  about: About,
  { service, request, watchEveryMs = PATIENT_MS }: ServiceWork,
): Contestant {
  return {
    ...about,
    async turn() {
      const read = startMeter({ ...about.target.pids, ...pidsOfService(service) });
      const { wallMs, ...run } = await runExport(service, request, { watchEveryMs });
      const reading = read();
      const clientCpu = reading.cpu.worker ?? 0;
      const peakMemory = reading.peakMemory.worker ?? 0;
      return { ...run, seconds: wallMs / 1000, clientCpu, peakMemory, reading };
    },
  };
}

export interface PipelineWork {
  readonly programs: Programs;
  /** Of its files. */
  readonly extension: string;
  /** What puts a file there. */
  readonly pipelineTo: (key: string) => Omit<Pipeline, 'name'>;
}

/** Programs, until they have ended. */
export function pipelineContestant(about: About, { programs, extension, pipelineTo }: PipelineWork): Contestant {
  const { name, target } = about;
  return {
    ...about,
    async turn(number) {
      const key = `pipeline/${name}-${number}.${extension}`;
      const read = startMeter(target.pids);
      const { wallMs, peakMemory } = await runPipeline(programs, { name, ...pipelineTo(key) });
      const reading = read();
      const clientCpu = reading.cpu.pipeline ?? 0;
      return { seconds: wallMs / 1000, clientCpu, peakMemory, reading, key, bytes: undefined };
    },
  };
}

export interface RcloneWork extends Omit<PipelineWork, 'pipelineTo'> {
  readonly rclone: string;
  /** What prints the file. */
  readonly stages: readonly Stage[];
}

/** Programs whose output `rclone rcat` takes to the store. */
export function rcloneContestant(about: About, { rclone, stages, ...work }: RcloneWork): Contestant {
  const { address, bucket } = about.target;
  return pipelineContestant(about, {
    ...work,
    pipelineTo: (key) => ({
      stages: [...stages, rcloneStage(rclone, bucket, key)],
      env: rcloneEnvironment(address),
    }),
  });
}
