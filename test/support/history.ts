import { exportWorkflowId } from '../../shared/temporal/names.js';
import type { TestService } from './service.js';

/** What the latest run of an export's workflow has been through. */
export async function eventsOf({ deps }: TestService, jobId: string) {
  const handle = deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId));
  return (await handle.fetchHistory()).events ?? [];
}

/** The activities of an export that were begun more than once, and why. */
export async function attemptsAfterTheFirst(service: TestService, jobId: string): Promise<string[]> {
  const events = await eventsOf(service, jobId);
  const names = new Map(
    events.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
      String(eventId),
      scheduled?.activityId,
    ]),
  );
  return events.flatMap(({ activityTaskStartedEventAttributes: started }) => {
    if (started == null || started.attempt === 1) return [];
    const { attempt, lastFailure, scheduledEventId } = started;
    return [`${names.get(String(scheduledEventId))}, attempt ${attempt}: ${lastFailure?.message}`];
  });
}
