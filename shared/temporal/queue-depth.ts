import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { CONTROL_QUEUE, DATA_QUEUE, MAIL_QUEUE, WEBHOOK_QUEUE } from './names.js';

/** A queue of Temporal, as its server counts it. */
export interface QueueDepth {
  readonly queue: string;
  readonly kind: 'workflow' | 'activity';
  /** Tasks that no worker has taken yet; those of one partition may be counted twice for a moment. */
  readonly backlog: number;
  /** Of the oldest of them. */
  readonly ageSeconds: number;
  /** Workers that have asked for tasks lately. */
  readonly workers: number;
}

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;
const KINDS = { workflow: TASK_QUEUE_TYPE_WORKFLOW, activity: TASK_QUEUE_TYPE_ACTIVITY } as const;
const QUEUES = [
  { queue: CONTROL_QUEUE, kind: 'workflow' },
  { queue: CONTROL_QUEUE, kind: 'activity' },
  { queue: DATA_QUEUE, kind: 'activity' },
  { queue: MAIL_QUEUE, kind: 'activity' },
  { queue: WEBHOOK_QUEUE, kind: 'activity' },
] as const;

/** A worker asks again at least once a minute; the server remembers those that asked within five. */
const ASKED_WITHIN_SECONDS = 90;

/** The queues that exports and their notifications wait in. Takes at most `limitMs`; throws what gRPC throws. */
export async function queueDepths(client: Client, limitMs: number): Promise<QueueDepth[]> {
  const { namespace } = client.options;
  const { workflowService } = client.connection;
  return client.withDeadline(Date.now() + limitMs, () =>
    Promise.all(
      QUEUES.map(async ({ queue, kind }) => {
        const { stats, pollers } = await workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: queue },
          taskQueueType: KINDS[kind],
          reportStats: true,
        });
        const since = Date.now() / 1000 - ASKED_WITHIN_SECONDS;
        return {
          queue,
          kind,
          backlog: Number(stats?.approximateBacklogCount ?? 0),
          ageSeconds: secondsOf(stats?.approximateBacklogAge),
          workers: pollers.filter(({ lastAccessTime }) => secondsOf(lastAccessTime) >= since).length,
        };
      }),
    ),
  );
}

/** Of a Duration or a Timestamp, whose seconds are 64 bits wide. */
const secondsOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9;
