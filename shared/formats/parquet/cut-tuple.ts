import { GrowingBuffer } from './growing-buffer.js';
import { LENGTH_BYTES } from './tuples.js';

const COUNT_BYTES = 2;
/** Bytes of most rows. */
const USUAL_BYTES = 4096;

/** A row that was cut by the end of a chunk. It takes exactly the bytes that it lacks from the next ones. */
export class CutTuple {
  readonly #columns: number;
  readonly #bytes = new GrowingBuffer(USUAL_BYTES);
  /** Fields whose length is known, and the bytes up to the end of the last one of them. */
  #fields = 0;
  #known = COUNT_BYTES;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Whether it has begun. */
  get isOpen(): boolean {
    return this.#bytes.length > 0;
  }

  /**
   * Takes bytes until the row is complete.
   * @returns how many it took
   */
  add(chunk: Buffer): number {
    let taken = 0;
    for (let missing = this.#missing(); missing > 0 && taken < chunk.length; missing = this.#missing()) {
      const more = chunk.subarray(taken, taken + missing);
      this.#bytes.append(more);
      taken += more.length;
    }
    return taken;
  }

  /** The complete row, valid until the next call; null if bytes are missing. */
  take(): Buffer | null {
    if (this.#missing() > 0) return null;
    const row = this.#bytes.written();
    this.#bytes.clear();
    this.#fields = 0;
    this.#known = COUNT_BYTES;
    return row;
  }

  /** How many bytes it lacks, as far as lengths are known; 0 if it is complete. */
  #missing(): number {
    const { length, view } = this.#bytes;
    while (this.#fields < this.#columns && this.#known + LENGTH_BYTES <= length) {
      this.#known += LENGTH_BYTES + Math.max(0, view.getInt32(this.#known));
      this.#fields++;
    }
    const needed = this.#fields < this.#columns ? this.#known + LENGTH_BYTES : this.#known;
    return needed - length;
  }
}
