import { StackError } from '../dev/stack/stack-error.js';
import type { BenchStack } from './bench-stack.js';
import type { BenchService } from './service.js';

/** Processes to measure, by name. */
export type Pids = Readonly<Record<string, number>>;

interface Running {
  readonly name: string;
  readonly pid: number | undefined;
}

/** @throws StackError if it has ended */
export function pidOf({ name, pid }: Running): number {
  if (pid === undefined) throw new StackError(`${name} is not running, so its CPU time can't be measured.`);
  return pid;
}

const WORKER = 'worker';
/** Whether a measured process is a worker. */
export const isWorker = (name: string): boolean => name.startsWith(WORKER);

/** The first worker is `worker`, the second `worker-2`. */
export const pidsOfService = ({ workers, api }: BenchService): Pids => ({
  ...Object.fromEntries(
    workers.map((worker, index) => [index === 0 ? WORKER : `${WORKER}-${index + 1}`, pidOf(worker)]),
  ),
  api: pidOf(api),
});

export const pidsOfStack = ({ services: { postgres, temporal, s3 }, temporalPostgres }: BenchStack): Pids => ({
  postgres: pidOf(postgres),
  temporal: pidOf(temporal),
  ...(temporalPostgres === undefined ? {} : { 'temporal-postgres': pidOf(temporalPostgres) }),
  store: pidOf(s3),
});
