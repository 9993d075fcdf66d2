export interface BufferPoolOptions {
  /** Maximum number of idle buffers to keep; the garbage collector gets the rest. */
  readonly kept?: number;
  /** Free idle buffers after this long without a return, ms, so that an idle worker stays small. */
  readonly idleMs?: number;
}

/**
 * Lends buffers for parts. A new 13 MiB buffer costs page faults and, later, a garbage collection; each running
 * segment needs two. Buffers are not cleared: read only what you wrote.
 */
export class BufferPool {
  readonly #kept: number;
  readonly #idleMs: number;
  #free: Buffer[] = [];
  #idle: NodeJS.Timeout | undefined;

  constructor({ kept = 8, idleMs = 30_000 }: BufferPoolOptions = {}) {
    this.#kept = kept;
    this.#idleMs = idleMs;
  }

  /** Bytes of idle buffers. */
  get freeBytes(): number {
    return this.#free.reduce((sum, { length }) => sum + length, 0);
  }

  /** @returns a buffer of at least `bytes` and at most twice as many bytes, with arbitrary contents */
  take(bytes: number): Buffer {
    const index = this.#free.findLastIndex(({ length }) => length >= bytes && length <= bytes * 2);
    const [buffer] = index < 0 ? [] : this.#free.splice(index, 1);
    return buffer ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** Returns a buffer. The borrower must not use it afterwards or return it twice. */
  give(buffer: Buffer): void {
    this.#free.push(buffer);
    if (this.#free.length > this.#kept) this.#free.shift();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#release();
    }, this.#idleMs).unref();
  }

  /**
   * Frees the memory immediately. The garbage collector may leave it until an export needs twice as much: dropping and
   * reallocating four 13 MiB buffers eight times grew a process to 223 MB instead of 126.
   */
  #release(): void {
    for (const { buffer } of this.#free) if (buffer instanceof ArrayBuffer) buffer.transfer(0);
    this.#free = [];
  }
}
