import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { CONTROL_QUEUE, DATA_QUEUE, MAIL_QUEUE, WEBHOOK_QUEUE } from './names.js';

/** Depth of a task queue as counted by the Temporal server. */
export interface QueueDepth {
  readonly queue: string;
  readonly kind: 'workflow' | 'activity';
  /** Tasks that no worker has taken yet; the server may briefly count a partition's tasks twice. */
  readonly backlog: number;
  /** Age of the oldest of them. */
  readonly ageSeconds: number;
  /** Workers that polled recently. */
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

/** Workers poll at least once a minute; the server remembers pollers for five minutes. */
const ASKED_WITHIN_SECONDS = 90;

/**
 * Reads the depth of all queues that exports and their notifications use, in at most `limitMs`.
 * @throws gRPC errors
 */
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

/** Seconds of a Duration or Timestamp, whose `seconds` are 64-bit. */
const secondsOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9;
