import { setTimeout as sleep } from 'node:timers/promises';
import { grpcCode } from '../../shared/temporal/grpc-code.js';

/**
 * RESOURCE_EXHAUSTED: too many requests. ABORTED, UNAVAILABLE: the workflow or the connection was just ending.
 * FAILED_PRECONDITION: the workflow task failed, as it does when an operator's cancel coincides with an update.
 */
const PASSING: readonly number[] = [8, 9, 10, 14];
const LONGEST_PAUSE_MS = 300;

/** True for errors of the Temporal server that aren't caused by the request, so that retrying makes sense. */
export const isPassingFault = (error: unknown): boolean => PASSING.includes(grpcCode(error) ?? 0);

/** Waits before another attempt: longer each time, with jitter so that clients don't retry in step. */
export const pauseAfter = (attempt: number): Promise<void> =>
  sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 40 * attempt));
