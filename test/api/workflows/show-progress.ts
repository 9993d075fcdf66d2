import { ActivityCancellationType, condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { ExportProgress } from '../../../shared/temporal/inputs.js';
import { progressQuery } from '../../../shared/temporal/messages.js';

export interface ShowInput {
  readonly jobId: string;
  /** The query's answer. */
  readonly progress: ExportProgress;
  /** Activities that run meanwhile. */
  readonly activities: readonly ('exportSegment' | 'somethingElse')[];
}

type Activity = (input: { jobId: string }) => Promise<void>;

/** Stands in for an export's workflow: reports what it is told, and ends when it is canceled. */
export async function showProgress({ jobId, progress, activities }: ShowInput): Promise<void> {
  setHandler(progressQuery, () => progress);
  const proxies = proxyActivities<Record<ShowInput['activities'][number], Activity>>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '1 second',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  await Promise.all([condition(() => false), ...activities.map((name) => proxies[name]({ jobId }))]);
}
