import { setTimeout as sleep } from 'node:timers/promises';
import { grpcCode } from '../shared/temporal/grpc-code.js';

/**
 * RESOURCE_EXHAUSTED: too much at once. ABORTED, UNAVAILABLE: what was asked was just ending, or the way to it.
 * FAILED_PRECONDITION: its workflow task failed, as it does when a cancel of an operator meets an update.
 */
const PASSING: readonly number[] = [8, 9, 10, 14];
const LONGEST_PAUSE_MS = 300;

/** True for an answer of Temporal's server that says nothing about the request: the next one may. */
export const isPassingFault = (error: unknown): boolean => PASSING.includes(grpcCode(error) ?? 0);

/** The pause before another attempt, longer each time; at random, so that many do not come back at once. */
export const pauseAfter = (attempt: number): Promise<void> =>
  sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 40 * attempt));
