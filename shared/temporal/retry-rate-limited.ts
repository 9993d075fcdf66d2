import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { askInTime } from '../time-limit.js';
import { isRateLimited } from './grpc-code.js';

/** Temporal allows ten lists and counts a second for each namespace unless it is told otherwise. */
const PAUSE_MS = 100;

/**
 * What Temporal answers. A call that its rate limit refuses is repeated while there is time.
 * @param ms for the call and its repetitions
 * @throws TimeLimitError, or what gRPC throws
 */
export async function retryRateLimited<T>(client: Client, ms: number, call: () => Promise<T>): Promise<T> {
  const end = Date.now() + ms;
  for (let left = ms; ;) {
    try {
      return await askInTime(client, left, call);
    } catch (error) {
      if (!isRateLimited(error)) throw error;
      // Random, because callers that were refused together would be refused together again.
      await sleep(Math.min(PAUSE_MS * (1 + Math.random()), Math.max(0, end - Date.now())));
      left = end - Date.now();
      if (left <= 0) throw error;
    }
  }
}
