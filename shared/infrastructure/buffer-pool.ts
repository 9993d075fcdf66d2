/** Buffers that may wait to be used again; what is more is left to the garbage collector. */
const KEPT = 8;

/**
 * Lends buffers for parts. A fresh buffer of 21 MiB costs its page faults and, later, a garbage collection; a segment
 * needs one or two, and its neighbours need the same again.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];

  /** @returns a buffer of at least `bytes` bytes, with whatever was in it */
  take(bytes: number): Buffer {
    const index = this.#free.findIndex(({ length }) => length >= bytes && length <= bytes * 2);
    const [buffer] = index < 0 ? [] : this.#free.splice(index, 1);
    return buffer ?? Buffer.allocUnsafeSlow(bytes);
  }

  give(buffer: Buffer): void {
    if (this.#free.length === KEPT) this.#free.shift();
    this.#free.push(buffer);
  }
}
