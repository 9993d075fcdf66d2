import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, ServiceError, messageOf } from '../shared/errors.js';

function asFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure) return error;
  const { code, details } = error instanceof ServiceError ? error : { code: 'INTERNAL' as const, details: {} };
  return ApplicationFailure.create({
    message: messageOf(error),
    type: code,
    nonRetryable: !ERRORS[code].retryable,
    details: [details],
    ...(error instanceof Error ? { cause: error } : {}),
  });
}

type Activity = (input: never) => Promise<unknown>;

/**
 * The one place where errors of the table become Temporal's. What an aborted activity throws last is an accident of
 * where it was; the reason of the abort is what Temporal needs to see (an AbortError would hang a paused attempt).
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
