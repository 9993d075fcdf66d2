import { patched } from '@temporalio/workflow';

/** Executions that began before steps had names go on as they began. */
export const isVisible = (): boolean => patched('visible-steps');

/**
 * How one step is shown to operators, and what they call it when they pause it: `temporal activity pause --activity-id
 * segment-0007`. An id may come again, as with a finish that sends segments back, but never while it is still running.
 */
export const step = (activityId: string, summary: string) => ({
  summary,
  ...(isVisible() ? { activityId } : {}),
});

/** The number is that of `export_segments` and of the logs, from 0; four digits sort as they are read. */
export const segmentStep = (segment: number, segments: number) =>
  step(`segment-${String(segment).padStart(4, '0')}`, `segment ${segment} (${segment + 1} of ${segments})`);
