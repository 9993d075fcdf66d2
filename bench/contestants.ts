import { checkFile } from './check-file.js';
import { startMeter } from './meter.js';
import { runPipeline, type Pipeline } from './pipeline.js';
import { isWorker, pidsOfService, type Pids } from './pids.js';
import type { Programs } from './programs.js';
import { rcloneEnvironment, rcloneStage } from './rclone.js';
import { runExport } from './run-export.js';
import type { BenchService } from './service.js';
import type { Stage } from './shell-line.js';
import type { Target } from './target.js';
import type { TurnPlan, Turn } from './turn.js';

/** A contestant that takes turns. */
export interface Contestant {
  /** Unique among contestants that write to the same store; the service's start with `ours`. */
  readonly name: string;
  readonly title: string;
  /** Where its files are written. */
  readonly store: Target['store'] | 'disk';
  turn(number: number): Promise<Turn>;
  /** @throws StackError if a turn's file is not as expected */
  check(turn: Turn): Promise<void>;
}

const contestant = (about: TurnPlan, turn: Contestant['turn']): Contestant => ({
  name: about.name,
  title: about.title,
  store: about.target.store,
  turn,
  check: (made) => checkFile(about, made),
});

/** An export usually has one watcher, so a race has one too: polling costs the API, a worker and Temporal some CPU. */
const PATIENT_MS = 1000;

export interface ServiceWork {
  readonly service: BenchService;
  /** The body of its `POST` request. */
  readonly request: object;
  /** How often a watcher requests its progress, ms; default once a second. */
  readonly watchEveryMs?: number;
}

/** An export, timed from its request until the job's row is COMPLETED. */
export function serviceContestant(
  about: TurnPlan,
  { service, request, watchEveryMs = PATIENT_MS }: ServiceWork,
): Contestant {
  return contestant(about, async () => {
    const read = startMeter({ ...about.target.pids, ...pidsOfService(service) });
    const { wallMs, ...run } = await runExport(service, request, { watchEveryMs });
    const reading = read();
    const ofWorkers = (figures: Readonly<Record<string, number>>): number[] =>
      Object.entries(figures).flatMap(([name, figure]) => (isWorker(name) ? [figure] : []));
    const clientCpu = ofWorkers(reading.cpu).reduce((sum, spent) => sum + spent, 0);
    const peakMemory = Math.max(...ofWorkers(reading.peakMemory));
    return { ...run, seconds: wallMs / 1000, clientCpu, peakMemory, reading };
  });
}

export interface PipelineWork {
  readonly programs: Programs;
  /** File name extension. */
  readonly extension: string;
  /** The commands that put a file under this key. */
  readonly pipelineTo: (key: string) => Omit<Pipeline, 'name'>;
}

/** A pipeline of programs, timed until all have ended. */
export function pipelineContestant(about: TurnPlan, { programs, extension, pipelineTo }: PipelineWork): Contestant {
  const { name, target } = about;
  return contestant(about, async (number) => {
    const key = `pipeline/${name}-${number}.${extension}`;
    return { ...(await meteredPipeline(programs, target.pids, { name, ...pipelineTo(key) })), key, bytes: undefined };
  });
}

/**
 * Runs a pipeline and measures what it costs.
 * @param pids processes to measure at the same time
 */
export async function meteredPipeline(
  programs: Programs,
  pids: Pids,
  pipeline: Pipeline,
): Promise<Pick<Turn, 'seconds' | 'clientCpu' | 'peakMemory' | 'reading'>> {
  const read = startMeter(pids);
  const { wallMs, peakMemory } = await runPipeline(programs, pipeline);
  const reading = read();
  return { seconds: wallMs / 1000, clientCpu: reading.cpu.pipeline ?? 0, peakMemory, reading };
}

export interface RcloneWork extends Omit<PipelineWork, 'pipelineTo'> {
  readonly rclone: string;
  /** Commands that print the file. */
  readonly stages: readonly Stage[];
}

/** Programs whose output is piped to `rclone rcat`. */
export function rcloneContestant(about: TurnPlan, { rclone, stages, ...work }: RcloneWork): Contestant {
  const { address, bucket } = about.target;
  return pipelineContestant(about, {
    ...work,
    pipelineTo: (key) => ({
      stages: [...stages, rcloneStage(rclone, bucket, key)],
      env: rcloneEnvironment(address),
    }),
  });
}
