import { exportWorkflowId } from '../../shared/temporal/names.js';
import type { TestService } from './service.js';

/** The history of an export's latest workflow run. */
export async function historyOf({ deps }: TestService, jobId: string) {
  const handle = deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId));
  return (await handle.fetchHistory()).events ?? [];
}

/** The repeated attempts of an export's activities, with the reason. */
export async function attemptsAfterTheFirst(service: TestService, jobId: string): Promise<string[]> {
  const events = await historyOf(service, jobId);
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
