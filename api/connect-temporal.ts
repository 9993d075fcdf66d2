import { isRetryableError, makeGrpcRetryInterceptor } from '@temporalio/client';
import { connectTemporal, type TemporalAddress, type TemporalClient } from '../shared/infrastructure/temporal.js';

/** gRPC's numbers: RESOURCE_EXHAUSTED. */
const LEFT_TO_CALLERS: readonly number[] = [8];
const ATTEMPTS = 4;

/**
 * A client for callers who are waiting. The SDK's own retries back off for up to 5 s, past the deadline of the call
 * (10.4 s were measured for one of 5 s), and by more than a second after RESOURCE_EXHAUSTED, which here only says that
 * ten updates of one user are in flight: admission retries that itself.
 */
export function connectImpatiently(address: TemporalAddress): TemporalClient {
  const retry = makeGrpcRetryInterceptor({
    delayFunction: (attempt) => (0.5 + Math.random()) * 50 * attempt,
    retryableDecider: (attempt, status) =>
      attempt < ATTEMPTS && !LEFT_TO_CALLERS.includes(status.code) && isRetryableError(status),
  });
  return connectTemporal(address, { interceptors: [retry] });
}
