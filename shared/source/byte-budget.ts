interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * A byte budget shared by all callers in this process. When too little is left, callers wait in order of arrival, so
 * that small requests don't overtake a large one forever.
 */
export class ByteBudget {
  readonly #total: number;
  #free: number;
  readonly #queue: Waiting[] = [];

  constructor(bytes: number) {
    this.#total = bytes;
    this.#free = bytes;
  }

  /**
   * @param bytes capped at the whole budget
   * @returns a function that returns them to the budget; call it once
   * @throws the reason of `signal` if it aborts first
   */
  async take(bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const wanted = Math.min(bytes, this.#total);
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        this.#serve();
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        bytes: wanted,
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.push(waiting);
      this.#serve();
    });
    return () => {
      this.#free += wanted;
      this.#serve();
    };
  }

  #serve(): void {
    for (let [first] = this.#queue; first !== undefined && first.bytes <= this.#free; [first] = this.#queue) {
      this.#queue.shift();
      this.#free -= first.bytes;
      first.start();
    }
  }
}
