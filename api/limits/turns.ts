import { ServiceError, type ErrorCode } from '../../shared/errors.js';

/** Thrown when a caller stops waiting for its turn. */
export class NoTurnError extends Error {
  override readonly name = 'NoTurnError';
}

interface Queue {
  running: number;
  readonly waiting: Set<() => void>;
}

/** Runs at most `limit` pieces of work at a time per key (a tenant, a user); the others wait in order of arrival. */
export class Turns {
  readonly #queues = new Map<string, Queue>();

  /**
   * @param turnMs after this time the next caller starts even if work is still running, which may be waiting for a
   * killed worker. Default: the next one waits as long as it takes
   */
  constructor(
    private readonly limit: number,
    private readonly turnMs?: number,
  ) {}

  /**
   * Runs the work when it is its turn.
   * @param patience aborting it makes a waiting caller give up; work that has started continues
   * @throws NoTurnError, and what the work throws
   */
  async take<T>(key: string, work: () => Promise<T>, patience?: AbortSignal): Promise<T> {
    const queue = this.#queues.get(key) ?? { running: 0, waiting: new Set() };
    this.#queues.set(key, queue);
    if (queue.running < this.limit) queue.running += 1;
    else await turn(queue, patience);

    let passed = false;
    const pass = (): void => {
      if (passed) return;
      passed = true;
      const [next] = queue.waiting;
      // The next in line follows this one at once.
      if (next !== undefined) next();
      else if ((queue.running -= 1) === 0) this.#queues.delete(key);
    };
    const timer = this.turnMs === undefined ? undefined : setTimeout(pass, this.turnMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      pass();
    }
  }
}

const turn = ({ waiting }: Queue, patience?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(begin);
      patience?.removeEventListener('abort', giveUp);
    };
    const begin = (): void => {
      leave();
      resolve();
    };
    const giveUp = (): void => {
      leave();
      reject(new NoTurnError('The caller stopped waiting for its turn.'));
    };
    waiting.add(begin);
    patience?.addEventListener('abort', giveUp, { once: true });
    if (patience?.aborted === true) giveUp();
  });

/** For `catch` behind {@link Turns.take}. @throws ServiceError with this code instead of a NoTurnError */
export const throwNoTurnAs =
  (code: ErrorCode, sentence: string) =>
  (error: unknown): never => {
    throw error instanceof NoTurnError ? new ServiceError(code, sentence, {}, { cause: error }) : error;
  };
