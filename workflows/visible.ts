import { patched } from '@temporalio/workflow';
import type { SlotsState } from '../shared/contract.js';

/** Executions that began when each step was an activity go on as they began. */
export const isInline = (): boolean => patched('inline-steps');

/** Executions that began before steps had names go on as they began, too. */
export const isVisible = (): boolean => isInline() || patched('visible-steps');

export interface ShownAs {
  readonly summary: string;
  readonly activityId?: string;
}

/**
 * How one step is shown to operators, and what they call it when they pause it: `temporal activity pause --activity-id
 * segment-0007`. An id may come again, as with a finish that sends segments back, but never while it is still running.
 */
export const step = (activityId: string, summary: string): ShownAs => ({
  summary,
  ...(isVisible() ? { activityId } : {}),
});

/** The number is that of `export_segments` and of the logs, from 0; four digits sort as they are read. */
export const segmentStep = (segment: number, segments: number) =>
  step(`segment-${String(segment).padStart(4, '0')}`, `segment ${segment} (${segment + 1} of ${segments})`);

/** Who has a slot and who waits for one. Two spaces before a line's end: the Web UI reads Markdown. */
export function slotsDetails({ holders, waiters, unsettled }: SlotsState, limit: number): string {
  const held = Object.keys(holders);
  const list = (jobIds: readonly string[]): string => jobIds.join(', ') || '–';
  return [
    `${held.length} of ${limit} slots held: ${list(held)}`,
    `waiting: ${list(waiters)}`,
    ...(unsettled.length > 0 ? [`found dead: ${list(unsettled)}`] : []),
  ].join('  \n');
}
