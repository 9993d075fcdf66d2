import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { JobFailure } from '../shared/contract.js';
import { ERRORS, isErrorCode, messageOf, sentenceOf, type ErrorCode } from '../shared/errors.js';

/** The failure that an activity ended with, without what Temporal wraps around it. */
function rootOf(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause !== undefined ? rootOf(error.cause) : error;
}

/** The error code of an activity's failure; null when it has none of ours, such as a timeout. */
export function codeOf(error: unknown): ErrorCode | null {
  const root = rootOf(error);
  return root instanceof ApplicationFailure && isErrorCode(root.type) ? root.type : null;
}

/** What the user reads about a failed export. Never the failure's message, which is for operators. */
export function failureOf(error: unknown): JobFailure {
  const root = rootOf(error);
  const code = codeOf(error) ?? 'INTERNAL';
  const [, forUser] = root instanceof ApplicationFailure ? (root.details ?? []) : [];
  return { code, message: typeof forUser === 'string' ? forUser : (sentenceOf(code) ?? ERRORS.INTERNAL.sentence) };
}

/** What operators read. */
export function reasonOf(error: unknown): string {
  return messageOf(rootOf(error));
}

/** The data that an activity's failure carries. */
export function detailsOf(error: unknown): Readonly<Record<string, unknown>> {
  const root = rootOf(error);
  const [details] = root instanceof ApplicationFailure ? (root.details ?? []) : [];
  return typeof details === 'object' && details !== null ? { ...details } : {};
}
