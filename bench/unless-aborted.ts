/**
 * Resolves like `work`, unless the signal aborts first: then it rejects at once with the signal's reason, and ignores
 * the work's result. The caller that aborts must end the work.
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
  // If the abort wins the race, a later rejection must not count as unhandled.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, aborted]);
  } finally {
    forget.abort();
  }
}
