import { setTimeout as sleep } from 'node:timers/promises';

type Attempt<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Starts `first`, and `second` if `first` is still running after `delayMs`. Settles like the one that ends first, and
 * aborts the other.
 */
export async function hedge<T>(
  first: Attempt<T>,
  second: Attempt<T>,
  delayMs: number,
  signal: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const running = AbortSignal.any([signal, over.signal]);
  const later = async (): Promise<T> => {
    await sleep(delayMs, undefined, { signal: running }).catch(() => {
      running.throwIfAborted();
    });
    return second(running);
  };
  try {
    return await Promise.race([first(running), later()]);
  } finally {
    over.abort();
  }
}
