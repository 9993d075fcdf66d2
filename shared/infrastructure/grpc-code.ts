import { isGrpcServiceError } from '@temporalio/client';

const INVALID_ARGUMENT = 3;

/** The gRPC status in an error or in what caused it; null when it is no fault of a call. */
export function grpcCode(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : null;
}

/** True when Temporal has read the call and will never take it: no outage, and no reason to ask again. */
export const isInvalid = (error: unknown): boolean => grpcCode(error) === INVALID_ARGUMENT;
