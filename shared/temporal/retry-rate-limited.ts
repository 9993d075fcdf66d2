import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { askInTime } from '../time-limit.js';
import { isRateLimited } from './grpc-code.js';

/** By default, Temporal allows each namespace ten list and count calls a second. */
const PAUSE_MS = 100;

/**
 * Repeats a call while Temporal's rate limit rejects it and time is left.
 * @param ms for the call and its retries
 * @throws TimeLimitError, or gRPC errors
 */
export async function retryRateLimited<T>(client: Client, ms: number, call: () => Promise<T>): Promise<T> {
  const end = Date.now() + ms;
  for (let left = ms; ;) {
    try {
      return await askInTime(client, left, call);
    } catch (error) {
      if (!isRateLimited(error)) throw error;
      // Jitter, because calls that were rejected together would be rejected together again.
      await sleep(Math.min(PAUSE_MS * (1 + Math.random()), Math.max(0, end - Date.now())));
      left = end - Date.now();
      if (left <= 0) throw error;
    }
  }
}
