import { messageOf, type ServiceError } from '../errors.js';
import { validationFailed } from '../request/field-problems.js';
import { isInvalid } from '../temporal/grpc-code.js';

/**
 * Turns Temporal's rejection of a schedule into a problem of the request. Temporal has its own list of timezones.
 * @returns null if Temporal didn't reject the schedule itself, as in a namespace without the search attributes
 */
export function refusalFrom(error: unknown): ServiceError | null {
  const causes = causesOf(error);
  // The client throws a TypeError for Temporal's complaints about a schedule's times.
  if (!isInvalid(error) && !causes.some((cause) => cause instanceof TypeError)) return null;
  const reason = causes.map(messageOf).join(' ');
  if (/search attribute/i.test(reason)) return null;
  return validationFailed([
    /time ?zone/i.test(reason)
      ? { pointer: '/timezone', detail: 'is not a timezone that schedules support: use a name such as Europe/Berlin' }
      : { pointer: '', detail: 'cannot be scheduled' },
  ]);
}

const causesOf = (error: unknown): unknown[] =>
  error instanceof Error && error.cause !== undefined ? [error, ...causesOf(error.cause)] : [error];
