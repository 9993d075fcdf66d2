import { isGrpcServiceError } from '@temporalio/client';

const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;

/** The gRPC status of an error or its cause; null if it did not come from a call. */
export function grpcCode(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : null;
}

/** True if Temporal rejected the call for good: not an outage, and no reason to retry. */
export const isInvalid = (error: unknown): boolean => grpcCode(error) === INVALID_ARGUMENT;

/** True if a rate limit of the server refused the call: a moment later it may pass. */
export const isRateLimited = (error: unknown): boolean => grpcCode(error) === RESOURCE_EXHAUSTED;
