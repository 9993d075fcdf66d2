import type { Client } from '@temporalio/client';

/**
 * How long a part that a request waits for may be silent, ms: then it is as good as away, and the request is answered
 * 503 within two seconds of its arrival.
 */
export const SILENCE_MS = 1500;

type Deadlined = Pick<Client, 'withDeadline'>;

/**
 * What Temporal answers, or the failure of a call that took longer than `ms` milliseconds.
 * @throws TimeLimitError, or what gRPC throws
 */
export const askInTime = <T>(client: Deadlined, ms: number, ask: () => Promise<T>): Promise<T> =>
  withTimeLimit(client.withDeadline(Date.now() + ms, ask), ms);

/** Thrown when something took longer than its caller can wait. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/**
 * What the work answers, or a TimeLimitError after `ms` milliseconds. The work itself goes on: give it a deadline of
 * its own. This is for deadlines that are not kept (the gRPC client sleeps past its own while it backs off).
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
