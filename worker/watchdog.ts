import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { jobIdOfWorkflow } from '../shared/temporal/names.js';

/** The docs promise ten seconds. */
const AFTER_DRAIN_MS = 8000;
const BEAT_MS = 1000;

/** A running activity, as the log names it when the process is killed. */
export interface RunningActivity {
  readonly activity: string;
  readonly job_id: string | null;
  readonly attempt: number;
}

export type WatchdogMessage =
  /** `isDebugged`: a debugger may stop the main thread for as long as it likes. */
  | { readonly kind: 'beat'; readonly isDebugged: boolean }
  | { readonly kind: 'stop' }
  | { readonly kind: 'started'; readonly id: string; readonly activity: RunningActivity }
  | { readonly kind: 'ended'; readonly id: string };

export interface WatchdogSettings {
  /** Limit for stopping and for a blocked main thread, ms. */
  readonly limitMs: number;
  readonly logLevel: string;
}

interface WatchdogOptions {
  /** How long a stopping worker waits for activities before it aborts them, ms. */
  readonly drainMs: number;
  /** How long after that the process is killed, ms. Default: eight seconds. */
  readonly afterDrainMs?: number;
  readonly logLevel: string;
}

export interface Watchdog {
  /** Tells the watchdog which activities run. */
  readonly activities: ActivityInterceptorsFactory;
  /** Starts watching for a blocked main thread. */
  readonly watch: () => void;
  /** Starts the time limit for stopping: the drain time plus `afterDrainMs`. */
  readonly stopping: () => void;
}

/**
 * Kills a process that does not stop by itself. An activity may ignore its abort signal, a pool may wait for a query
 * that never returns, and an infinite loop also blocks the signal handlers. So the watchdog runs in a separate thread.
 * It kills the process if stopping takes too long, or if its main thread has been blocked for as long: by then, unless
 * WORKER_DRAIN is below 7 s, Temporal has timed out that worker's activities, because their heartbeats are missing.
 */
export function startWatchdog({ drainMs, logLevel, afterDrainMs = AFTER_DRAIN_MS }: WatchdogOptions): Watchdog {
  const settings: WatchdogSettings = { limitMs: drainMs + afterDrainMs, logLevel };
  const thread = new Worker(new URL('watchdog-thread.js', import.meta.url), {
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
  });
  thread.unref();
  const tell = (message: WatchdogMessage): void => {
    thread.postMessage(message);
  };
  return {
    activities: ({ info }) => ({
      inbound: {
        async execute(input, next) {
          const id = randomUUID();
          const job_id = jobIdOfWorkflow(info.workflowExecution?.workflowId ?? '');
          tell({ kind: 'started', id, activity: { activity: info.activityType, job_id, attempt: info.attempt } });
          try {
            return await next(input);
          } finally {
            tell({ kind: 'ended', id });
          }
        },
      },
    }),
    watch: () => {
      const beat = (): void => {
        tell({ kind: 'beat', isDebugged: inspector.url() !== undefined });
      };
      // Send the first beat now: the main thread may block before the interval has passed.
      beat();
      setInterval(beat, BEAT_MS).unref();
    },
    stopping: () => {
      tell({ kind: 'stop' });
    },
  };
}
