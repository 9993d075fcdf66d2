import type { Emit } from '../encoding.js';

/** Memory is taken in blocks of this many bytes. */
const BLOCK = 512 * 1024;

/**
 * The pages of a row group, which are held because its columns follow one another, while rows arrive with all columns.
 * The memory is reused for the next row group.
 */
export class HeldPages {
  readonly #blocks: Buffer[] = [];
  /** Bytes held. */
  length = 0;

  /** Appends a copy of these bytes. */
  append(bytes: Buffer): void {
    let taken = 0;
    while (taken < bytes.length) {
      const index = Math.floor(this.length / BLOCK);
      const block = (this.#blocks[index] ??= Buffer.allocUnsafeSlow(BLOCK));
      const copied = bytes.copy(block, this.length % BLOCK, taken);
      taken += copied;
      this.length += copied;
    }
  }

  /** Emits the bytes between two positions. */
  async emit(from: number, to: number, emit: Emit): Promise<void> {
    for (let at = from; at < to;) {
      const start = at % BLOCK;
      const end = Math.min(BLOCK, start + to - at);
      const pending = emit(this.#blocks[Math.floor(at / BLOCK)]?.subarray(start, end) ?? NOTHING);
      if (pending !== undefined) await pending;
      at += end - start;
    }
  }

  clear(): void {
    this.length = 0;
  }
}

const NOTHING = Buffer.alloc(0);
