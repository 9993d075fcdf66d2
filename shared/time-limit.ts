import type { Client } from '@temporalio/client';

/**
 * How long a service that a request needs may take to answer, ms. After that it counts as down, so that the client
 * gets its 503 within two seconds.
 */
export const SILENCE_MS = 1500;

type Deadlined = Pick<Client, 'withDeadline'>;

/**
 * Calls Temporal with a deadline of `ms` milliseconds and returns its answer.
 * @throws TimeLimitError, or gRPC errors
 */
export const askInTime = <T>(client: Deadlined, ms: number, ask: () => Promise<T>): Promise<T> =>
  withTimeLimit(client.withDeadline(Date.now() + ms, ask), ms);

/** Thrown when something took longer than its caller can wait. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/**
 * Waits at most `ms` milliseconds for the work. The work itself continues, so give it a deadline of its own; this limit
 * is for work that can miss its deadline (the gRPC client sleeps past it while it backs off).
 * @throws TimeLimitError
 */
export async function withTimeLimit<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TimeLimitError(`no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
