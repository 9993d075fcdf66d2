import type { SlotsState } from '../shared/temporal/inputs.js';

/** How operators see a step. */
export interface StepLabel {
  readonly summary: string;
  /** The id for `temporal activity pause --activity-id …`. */
  readonly activityId?: string;
}

/** An id may be reused, as by a finish that sends segments back, but never while its activity is running. */
export const step = (activityId: string, summary: string): StepLabel => ({ summary, activityId });

/** The segment's number (from 0) is the one in `export_segments` and in logs; four digits sort correctly. */
export const segmentStep = (segment: number, segments: number): StepLabel =>
  step(`segment-${String(segment).padStart(4, '0')}`, `segment ${segment} (${segment + 1} of ${segments})`);

/** Who holds a slot and who waits for one. The Web UI renders Markdown, where two spaces end a line. */
export function slotsDetails({ holders, waiters, unsettled }: SlotsState, limit: number): string {
  const held = Object.keys(holders);
  const list = (jobIds: readonly string[]): string => jobIds.join(', ') || '–';
  return [
    `${held.length} of ${limit} slots held: ${list(held)}`,
    `waiting: ${list(waiters)}`,
    ...(unsettled.length > 0 ? [`found dead: ${list(unsettled)}`] : []),
  ].join('  \n');
}
