import { isGrpcServiceError } from '@temporalio/client';

const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;

/** The gRPC status of an error or its cause; null if it did not come from a call. */
export function grpcCode(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : null;
}

/** True if Temporal rejected the call as invalid, so retrying cannot help. */
export const isInvalid = (error: unknown): boolean => grpcCode(error) === INVALID_ARGUMENT;

/** True if a server rate limit rejected the call; a retry may succeed a moment later. */
export const isRateLimited = (error: unknown): boolean => grpcCode(error) === RESOURCE_EXHAUSTED;
