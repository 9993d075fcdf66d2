/**
 * What the work answers, unless the signal is aborted before: then its reason is thrown at once, and what becomes of the
 * work is its own affair. Whoever aborts ends what it waits for.
 */
export async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const forget = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const give = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    signal.addEventListener('abort', give, { signal: forget.signal });
  });
  const working = work();
  // When the other side has won, nobody else hears of it.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, aborted]);
  } finally {
    forget.abort();
  }
}
