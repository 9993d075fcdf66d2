import type { DataConverter, WorkerDeploymentVersion } from '@temporalio/common';
import {
  Worker,
  type ActivityInterceptorsFactory,
  type NativeConnection,
  type WorkerOptions as Options,
} from '@temporalio/worker';
import type { ActivityDeps } from '../activities/deps.js';
import {
  createControlActivities,
  createDataActivities,
  createMailActivities,
  createWebhookActivities,
} from '../activities/index.js';
import { CONTROL_QUEUE, DATA_QUEUE, MAIL_QUEUE, WEBHOOK_QUEUE } from '../shared/temporal/names.js';
import { metricSinks } from './metric-sinks.js';
import { activityLogFields } from './activity-log-fields.js';
import type { WorkerRole } from './arguments.js';
import type { WorkerTraces } from './trace-worker.js';
import { workflowBundleFile } from './workflow-bundle.js';

/** The same interval delays what a cancel takes to reach an activity; Temporal's default is a minute. */
const HEARTBEAT_THROTTLE_MS = 1000;
/** Explicit, because the SDK's default grows with the machine's memory (sdk-typescript#2227). */
const CACHED_WORKFLOWS = 500;
/**
 * A workflow task keeps its place while a short step is made within it, and some of these ask the semaphore, which needs
 * a place, too. Temporal's default is 40; steps made within tasks have 100 places.
 */
const WORKFLOW_TASKS = 200;
/**
 * One request for activities at a time: of ten, a stopping worker forgets what all but the first bring (the SDK's core
 * takes the first empty answer for the last one, up to 1.24.0 at least), and each is missed for its heartbeat timeout.
 */
const ACTIVITY_POLLS = { type: 'simple-maximum', maximum: 1 } as const;
/**
 * How long a workflow waits for the worker that ran it last before another worker may take it: the delay that a killed
 * worker costs each of its users, whose requests get a 503 after five seconds. Temporal's default is ten seconds. With
 * half a second, a busy worker loses workflows that it still has, and another replays them: more work under load.
 */
const STICKY_MS = 1000;

/** Mails and webhooks that one process sends at a time; far fewer of one tenant's webhooks (deliver-webhook.ts). */
const MAILS = 20;
const WEBHOOKS = 200;

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** As the clients of `deps` have it. Absent: nothing is encrypted. */
  readonly dataConverter?: DataConverter | undefined;
  readonly deps: ActivityDeps;
  /** Which queues it serves. */
  readonly role: WorkerRole;
  /** Which version of a worker deployment this is; null without worker versioning. */
  readonly deployment: WorkerDeploymentVersion | null;
  /** Plans, segments and finishes that this process runs at the same time: its database readers. */
  readonly dataSlots: number;
  /** How long a stopping worker lets activities finish, ms. */
  readonly drainMs: number;
  /** Other workflow code than that of this version. */
  readonly bundleFile?: string;
  /** Null: nothing is traced. */
  readonly traces?: WorkerTraces | null;
  /** Notified when an activity begins or ends. */
  readonly watched?: ActivityInterceptorsFactory;
}

/** `run()` ends when its queues have drained after `shutdown()`. */
export interface ExportWorker {
  run(): Promise<void>;
  shutdown(): void;
}

export async function createWorker(options: WorkerOptions): Promise<ExportWorker> {
  const { role } = options;
  const workers: Worker[] = [];
  if (role !== 'data') {
    const notifying = [createMailWorker(options), createWebhookWorker(options)];
    workers.push(await createControlWorker(options), ...(await Promise.all(notifying)));
  }
  if (role !== 'control') workers.push(await createDataWorker(options));
  let stopping = false;
  const shutdown = (): void => {
    stopping = true;
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    shutdown,
    // One that fails takes the other along: half a worker would let exports wait for ever.
    run: async () => {
      const ends = workers.map((worker) => worker.run().finally(shutdown));
      // The signal to stop may have come while the workflows were being bundled.
      if (stopping) shutdown();
      const failed = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

async function createControlWorker(options: WorkerOptions): Promise<Worker> {
  const variant = { traced: options.traces != null, encrypted: options.dataConverter !== undefined };
  return Worker.create({
    ...commonOptions(options),
    taskQueue: CONTROL_QUEUE,
    workflowBundle: { codePath: options.bundleFile ?? (await workflowBundleFile(variant)) },
    activities: createControlActivities(options.deps),
    sinks: { ...metricSinks(options.deps.metrics), ...options.traces?.sinks },
    maxCachedWorkflows: CACHED_WORKFLOWS,
    maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
    stickyQueueScheduleToStartTimeout: STICKY_MS,
  });
}

function createDataWorker(options: WorkerOptions): Promise<Worker> {
  return Worker.create({
    ...commonOptions(options),
    taskQueue: DATA_QUEUE,
    activities: createDataActivities(options.deps),
    maxConcurrentActivityTaskExecutions: options.dataSlots,
  });
}

function createMailWorker(options: WorkerOptions): Promise<Worker> {
  return Worker.create({
    ...commonOptions(options),
    taskQueue: MAIL_QUEUE,
    activities: createMailActivities(options.deps),
    maxConcurrentActivityTaskExecutions: MAILS,
  });
}

function createWebhookWorker(options: WorkerOptions): Promise<Worker> {
  return Worker.create({
    ...commonOptions(options),
    taskQueue: WEBHOOK_QUEUE,
    activities: createWebhookActivities(options.deps),
    maxConcurrentActivityTaskExecutions: WEBHOOKS,
  });
}

const commonOptions = ({ connection, namespace, dataConverter, drainMs, deployment, traces, watched }: WorkerOptions) =>
  ({
    connection,
    namespace,
    ...(dataConverter === undefined ? {} : { dataConverter }),
    interceptors: {
      activity: [...(watched === undefined ? [] : [watched]), ...(traces?.activity ?? []), activityLogFields],
    },
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    shutdownGraceTime: drainMs,
    activityTaskPollerBehavior: ACTIVITY_POLLS,
    ...(deployment === null
      ? {}
      : {
          workerDeploymentOptions: {
            version: deployment,
            useWorkerVersioning: true,
            // Everything ends with the code that it began with. A behaviour that workflows name themselves would be
            // refused by the server wherever their worker is not versioned.
            defaultVersioningBehavior: 'PINNED',
          },
        }),
  }) satisfies Partial<Options>;
