import { CancellationScope, isCancellation } from '@temporalio/workflow';

/**
 * Does the work for every item, at most `width` at a time. The first failure cancels the rest and is thrown after
 * everything that was running has ended.
 */
export async function inTurns<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const scope = new CancellationScope();
  await scope.run(async () => {
    const takeTurns = async (): Promise<void> => {
      for (const item of queue) {
        if (failures.length > 0) return;
        try {
          await work(item);
        } catch (error) {
          // Siblings end because of this failure, so the first one is the cause.
          failures.push(error);
          scope.cancel();
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, takeTurns));
  });
  if (failures.length > 0) throw failures.find((error) => !isCancellation(error)) ?? failures[0];
}
