/**
 * Waits until all have ended, then throws the first error, in the order of the list. Unlike `Promise.all`, it leaves
 * nothing running that uses what the caller closes next.
 */
export async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
