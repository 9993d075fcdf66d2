import { exportWorkflowId } from '../../shared/contract.js';
import type { TestService } from './service.js';

/** The activities of an export that were begun more than once, and why. */
export async function attemptsAfterTheFirst({ deps }: TestService, jobId: string): Promise<string[]> {
  const { events } = await deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId)).fetchHistory();
  const activities = new Map(
    events?.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
      String(eventId),
      scheduled?.activityId,
    ]),
  );
  return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) => {
    if (started == null || started.attempt === 1) return [];
    const { attempt, lastFailure, scheduledEventId } = started;
    return [`${activities.get(String(scheduledEventId))}, attempt ${attempt}: ${lastFailure?.message}`];
  });
}
