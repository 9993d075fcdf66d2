import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { JobFailure } from '../shared/contract.js';
import { isErrorCode, type ErrorCode } from '../shared/errors.js';

/** The failure that an activity ended with, below what Temporal wraps around it. */
function rootOf(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause !== undefined ? rootOf(error.cause) : error;
}

/** The code of an activity's failure; null when it is none of ours (a timeout, say). */
export function codeOf(error: unknown): ErrorCode | null {
  const root = rootOf(error);
  return root instanceof ApplicationFailure && isErrorCode(root.type) ? root.type : null;
}

/** What the user is told about an export that failed. */
export function failureOf(error: unknown): JobFailure {
  const root = rootOf(error);
  const message = root instanceof Error ? root.message : String(root);
  return { code: codeOf(error) ?? 'INTERNAL', message };
}

/** What an activity's failure carries beside its sentence. */
export function detailsOf(error: unknown): Readonly<Record<string, unknown>> {
  const root = rootOf(error);
  const [details] = root instanceof ApplicationFailure ? (root.details ?? []) : [];
  return typeof details === 'object' && details !== null ? { ...details } : {};
}
