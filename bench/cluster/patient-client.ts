import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createJob, RefusedError, type ApiAccess } from '../job.js';
import { escapedCsv } from '../requests.js';

const SERVICE_UNAVAILABLE = 503;

/**
 * Requests an export like a well-behaved client: after a 503, it repeats the request with the same key once the time in
 * `Retry-After` has passed.
 * @param times receives the duration of each request, ms
 * @throws RefusedError for any other rejection
 */
export async function postUntilAdmitted(caller: ApiAccess, times: number[], signal: AbortSignal): Promise<void> {
  const key = randomUUID();
  for (;;) {
    signal.throwIfAborted();
    const waitSeconds = await postOnce(caller, key, times);
    if (waitSeconds === undefined) return;
    await sleep(waitSeconds * 1000, undefined, { signal });
  }
}

/** @returns seconds to wait before a retry; undefined if the export was admitted */
async function postOnce(caller: ApiAccess, key: string, times: number[]): Promise<number | undefined> {
  const begun = performance.now();
  try {
    await createJob(caller, escapedCsv, key);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedError && error.status === SERVICE_UNAVAILABLE) return error.retryAfterSeconds;
    throw error;
  } finally {
    times.push(performance.now() - begun);
  }
}
