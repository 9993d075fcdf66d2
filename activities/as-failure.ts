import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, ServiceError, messageOf } from '../shared/errors.js';
import { boundedFailure, withBounds } from './bounded-failure.js';

/** The message is for operators. The second detail is the sentence for the user. */
export function asFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return withBounds(error);
  const isKnown = error instanceof ServiceError;
  const { message, code, details, forUser } = isKnown ? error : new ServiceError('INTERNAL', messageOf(error));
  return boundedFailure({
    ...{ message, type: code, nonRetryable: !ERRORS[code].retryable, details, forUser },
    stack: error instanceof Error ? error.stack : undefined,
    // An error that isn't in the table shows its own name as the cause.
    cause: isKnown ? error.cause : error,
  });
}

type Activity = (input: never) => Promise<unknown>;

/**
 * The only function that turns a ServiceError into a Temporal failure. An aborted activity may throw anything, but
 * Temporal needs the reason for the abort: an AbortError would hang a paused attempt.
 */
export function withFailures<T extends Readonly<Record<string, Activity>>>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      try {
        return await activity(input);
      } catch (error) {
        const { cancellationSignal } = Context.current();
        if (cancellationSignal.aborted) throw cancellationSignal.reason;
        throw asFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
