import { CancellationScope, isCancellation } from '@temporalio/workflow';

/**
 * Does the work for every item, at most `width` at a time. After the first failure the rest is cancelled, and the
 * failure leaves only when everything that was running has ended.
 */
export async function inTurns<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const scope = new CancellationScope();
  await scope.run(async () => {
    const lane = async (): Promise<void> => {
      for (const item of queue) {
        if (failures.length > 0) return;
        try {
          await work(item);
        } catch (error) {
          // What only ended because a sibling had failed is not the cause.
          failures.push(error);
          scope.cancel();
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  });
  if (failures.length > 0) throw failures.find((error) => !isCancellation(error)) ?? failures[0];
}
