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
import { allEnded } from '../shared/all-ended.js';
import { CONTROL_QUEUE, DATA_QUEUE, MAIL_QUEUE, WEBHOOK_QUEUE } from '../shared/temporal/names.js';
import { metricSinks } from './metric-sinks.js';
import { activityLogFields } from './activity-log-fields.js';
import type { WorkerRole } from './arguments.js';
import type { WorkerTraces } from './trace-worker.js';
import { workflowBundleFile } from './workflow-bundle.js';

/** Temporal's default is a minute. */
const HEARTBEAT_THROTTLE_MS = 1000;
/** Explicit, because the SDK's default grows with the machine's memory (sdk-typescript#2227). */
const CACHED_WORKFLOWS = 500;
/**
 * A workflow task keeps its slot while it runs local activities, some of which call the semaphore, which needs a slot,
 * too. Temporal's default is 40; local activities have 100 slots.
 */
const WORKFLOW_TASKS = 200;
/**
 * Polls for activities one at a time. With ten polls, a stopping worker loses the tasks of all but the first (up to at
 * least 1.24.0, the SDK's core takes the first empty response for the last one), and each is missing until its
 * heartbeat timeout.
 */
const ACTIVITY_POLLS = { type: 'simple-maximum', maximum: 1 } as const;
/**
 * How long a workflow waits for the worker that ran it last before another worker may take it. A killed worker delays
 * each of its users by this long. Temporal's default of ten seconds is too long, because a request returns 503 after
 * five. Half a second is too short: a busy worker loses workflows that it still has cached, and another one replays
 * them, which is more work under load.
 */
const STICKY_MS = 1000;

/** Mails and webhooks that one process sends in parallel; far fewer webhooks per tenant (deliver-webhook.ts). */
const MAILS = 20;
const WEBHOOKS = 200;

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** As in the clients of `deps`. Absent: nothing is encrypted. */
  readonly dataConverter?: DataConverter | undefined;
  readonly deps: ActivityDeps;
  /** The queues to serve. */
  readonly role: WorkerRole;
  /** This worker's deployment and build; null without worker versioning. */
  readonly deployment: WorkerDeploymentVersion | null;
  /** Plans, segments and finishes that this process runs in parallel: its database readers. */
  readonly dataSlots: number;
  /** How long to wait for activities on shutdown, ms. */
  readonly drainMs: number;
  /** Activities learn of their cancellation up to this much later, ms. Default: a second. */
  readonly heartbeatThrottleMs?: number;
  /** Runs workflows on the main thread, which starts faster, without the SDK's check for workflow code that blocks. */
  readonly onMainThread?: boolean;
  /** Workflow code to run instead of this version's, to test deploys. */
  readonly bundleFile?: string;
  /** Null: no tracing. */
  readonly traces?: WorkerTraces | null;
  /** Notified when an activity begins or ends. */
  readonly watched?: ActivityInterceptorsFactory;
}

/** `run()` resolves once the queues have drained after `shutdown()`. */
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
    // If one fails, stop the others: without one of its queues, exports would wait forever.
    run: async () => {
      const ends = workers.map((worker) => worker.run().finally(shutdown));
      // The stop signal may have arrived while the workflows were being bundled.
      if (stopping) shutdown();
      await allEnded(ends);
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
    debugMode: options.onMainThread ?? false,
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

const commonOptions = ({
  connection,
  namespace,
  dataConverter,
  deployment,
  traces,
  watched,
  ...options
}: WorkerOptions) =>
  ({
    connection,
    namespace,
    ...(dataConverter === undefined ? {} : { dataConverter }),
    interceptors: {
      activity: [...(watched === undefined ? [] : [watched]), ...(traces?.activity ?? []), activityLogFields],
    },
    maxHeartbeatThrottleInterval: options.heartbeatThrottleMs ?? HEARTBEAT_THROTTLE_MS,
    defaultHeartbeatThrottleInterval: options.heartbeatThrottleMs ?? HEARTBEAT_THROTTLE_MS,
    shutdownGraceTime: options.drainMs,
    activityTaskPollerBehavior: ACTIVITY_POLLS,
    ...(deployment === null
      ? {}
      : {
          workerDeploymentOptions: {
            version: deployment,
            useWorkerVersioning: true,
            // Workflows finish on the code that they started with. The server would reject a behavior set by the
            // workflows themselves if their worker is not versioned.
            defaultVersioningBehavior: 'PINNED',
          },
        }),
  }) satisfies Partial<Options>;
