import assert from 'node:assert/strict';

interface Together<C> {
  readonly title: (example: C) => string;
  /** Each example needs its own users: a user may only have two active exports. */
  readonly work: (example: C) => Promise<void>;
  /** How many run at a time. Default 4: as many as a service has readers, so that each export begins immediately. */
  readonly atOnce?: number;
}

/** Enough for all examples together on a busy machine. */
const LIMIT_MS = 180_000;

/**
 * An `it` for each example. The first one runs them all, several at a time, because exports mostly wait for Temporal;
 * the others report how theirs ended.
 */
export function itTogether<C>(examples: readonly C[], { title, work, atOnce = 4 }: Together<C>): void {
  let ends: Promise<readonly PromiseSettledResult<void>[]> | undefined;
  for (const [index, example] of examples.entries()) {
    it(title(example), async function () {
      this.timeout(LIMIT_MS);
      ends ??= settleAll(examples, work, atOnce);
      const end = (await ends)[index];
      assert(end);
      if (end.status === 'rejected') throw end.reason;
    });
  }
}

async function settleAll<C>(
  examples: readonly C[],
  work: (example: C) => Promise<void>,
  atOnce: number,
): Promise<readonly PromiseSettledResult<void>[]> {
  const ends: PromiseSettledResult<void>[] = [];
  const rest = examples.entries();
  const workThrough = async (): Promise<void> => {
    // All share one iterator, so each example is worked on once.
    for (const [index, example] of rest) {
      const [end] = await Promise.allSettled([work(example)]);
      ends[index] = end;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, workThrough));
  return ends;
}
