import { Context } from '@temporalio/activity';
import { ERRORS, ServiceError } from '../shared/errors.js';

/** Whether the workflow allows another attempt after this error. */
export function mayRetry(error: unknown): boolean {
  const { attempt, retryPolicy } = Context.current().info;
  const isLast = attempt >= (retryPolicy?.maximumAttempts ?? Infinity);
  return !isLast && (!(error instanceof ServiceError) || ERRORS[error.code].retryable);
}
