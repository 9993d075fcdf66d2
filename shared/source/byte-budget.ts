interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * So many bytes for everybody in this process together. Whoever wants more than there are waits; first come, first
 * served, so that a large wish is not overtaken by small ones for ever.
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
   * @param bytes more than all of them are taken as all of them
   * @returns what gives them back; call it once
   * @throws the reason of `signal` when it aborts before there is room
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
