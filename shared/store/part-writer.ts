import { crc32 } from '@node-rs/crc32';
import { combineCrc32 } from '../plan/crc32.js';
import { MIN_PART_BYTES, type NumberRange } from '../plan/pieces.js';
import type { BufferPool } from './buffer-pool.js';

export interface PartStore {
  /** The caller may reuse `body` once the promise settles. */
  uploadPart(part: { partNumber: number; body: Buffer; crc32: number; signal: AbortSignal }): Promise<{ etag: string }>;
}

export interface UploadedPart {
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  readonly crc32: number;
}

export type PartsWritten =
  | {
      readonly kind: 'uploaded';
      readonly parts: readonly UploadedPart[];
      readonly bytes: number;
      readonly crc32: number;
    }
  /** Less than 5 MiB in total, too little for a part. `body` is valid until `close()`. */
  | { readonly kind: 'held'; readonly body: Buffer; readonly bytes: number; readonly crc32: number };

/** Thrown when a segment is too large for its part numbers. */
export class OutOfPartNumbers extends Error {
  override readonly name = 'OutOfPartNumbers';
}

export interface PartWriterOptions {
  readonly store: PartStore;
  readonly numbers: NumberRange;
  /** Bytes of every part except the last, which may be up to 5 MiB larger, or as small as 5 MiB. At least 5 MiB. */
  readonly partSize: number;
  readonly buffers: BufferPool;
  readonly signal: AbortSignal;
}

const NOTHING = Buffer.alloc(0);

/**
 * Splits the bytes of one segment into parts. Only the file's last part may be smaller than 5 MiB, and a segment's last
 * part need not be that one, so a part is sent only when at least 5 MiB remain after it. One part uploads while the
 * next fills. Uses two part buffers and 5 MiB.
 *
 * Make one call at a time. When a call rejects, no upload is still running. The owner must always `close()` it.
 */
export class PartWriter {
  readonly #options: PartWriterOptions;
  readonly #parts: UploadedPart[] = [];
  readonly #capacity: number;
  #buffer: Buffer;
  #filled = 0;
  /** CRC-32 of the part being filled, and of the bytes after it, computed while the bytes are in the CPU cache. */
  #sum = 0;
  #sumBehind = 0;
  #nextNumber: number;
  #inFlight: Promise<void> | undefined;

  constructor(options: PartWriterOptions) {
    this.#options = options;
    this.#capacity = options.partSize + MIN_PART_BYTES;
    this.#buffer = options.buffers.take(this.#capacity);
    this.#nextNumber = options.numbers.first;
  }

  /**
   * Copies the bytes, which must not change until the returned promise, if any, settles. It waits only when a part is
   * full while the previous one is still uploading.
   * @throws OutOfPartNumbers, or the store's error
   */
  write(bytes: Buffer): Promise<void> | undefined {
    if (this.#filled + bytes.length >= this.#capacity) return this.#writeOver(bytes);
    this.#append(bytes);
    return undefined;
  }

  #append(bytes: Buffer): void {
    bytes.copy(this.#buffer, this.#filled);
    const room = Math.max(0, this.#options.partSize - this.#filled);
    if (bytes.length <= room) {
      this.#sum = crc32(bytes, this.#sum);
    } else {
      this.#sum = crc32(bytes.subarray(0, room), this.#sum);
      this.#sumBehind = crc32(bytes.subarray(room), this.#sumBehind);
    }
    this.#filled += bytes.length;
  }

  async #writeOver(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + this.#capacity - this.#filled);
      this.#append(taken);
      at += taken.length;
      if (this.#filled === this.#capacity) await this.#sendFull();
    }
  }

  /** Moves the bytes after the part to a new buffer. */
  async #sendFull(): Promise<void> {
    await this.#settle();
    const { partSize, buffers } = this.#options;
    const number = this.#takeNumber();
    const full = this.#buffer;
    this.#buffer = buffers.take(this.#capacity);
    this.#filled = full.copy(this.#buffer, 0, partSize, this.#capacity);
    const sum = this.#sum;
    this.#sum = this.#sumBehind;
    this.#sumBehind = 0;
    this.#send(number, full, partSize, sum);
  }

  #takeNumber(): number {
    if (this.#nextNumber > this.#options.numbers.last) {
      throw new OutOfPartNumbers('the segment has more parts than part numbers');
    }
    return this.#nextNumber++;
  }

  /** Uploads the first `size` bytes of a buffer and then returns the buffer. */
  #send(number: number, buffer: Buffer, size: number, sum: number): void {
    const { store, buffers, signal } = this.#options;
    const body = buffer.subarray(0, size);
    this.#inFlight = store
      .uploadPart({ partNumber: number, body, crc32: sum, signal })
      .then(({ etag }) => {
        this.#parts.push({ number, size, etag, crc32: sum });
      })
      .finally(() => {
        buffers.give(buffer);
      });
    // `#inFlight` is awaited later; until then a failure must not count as unhandled.
    this.#inFlight.catch(() => undefined);
  }

  async #settle(): Promise<void> {
    const pending = this.#inFlight;
    this.#inFlight = undefined;
    await pending;
  }

  /**
   * Uploads the rest. No writes are allowed afterwards.
   * @throws OutOfPartNumbers, or the store's error
   */
  async finish(): Promise<PartsWritten> {
    await this.#settle();
    const sum = combineCrc32(this.#sum, this.#sumBehind, Math.max(0, this.#filled - this.#options.partSize));
    if (this.#parts.length === 0 && this.#filled < MIN_PART_BYTES) {
      const body = this.#buffer.subarray(0, this.#filled);
      return { kind: 'held', body, bytes: body.length, crc32: sum };
    }
    const number = this.#takeNumber();
    const last = this.#buffer;
    this.#buffer = NOTHING;
    this.#send(number, last, this.#filled, sum);
    await this.#settle();
    const bytes = this.#parts.reduce((sum, { size }) => sum + size, 0);
    const whole = this.#parts.reduce((crc, part) => combineCrc32(crc, part.crc32, part.size), 0);
    return { kind: 'uploaded', parts: this.#parts, bytes, crc32: whole };
  }

  /** Waits for the upload in flight to settle, then frees the memory. May be called repeatedly. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#settle()]);
    if (this.#buffer !== NOTHING) this.#options.buffers.give(this.#buffer);
    this.#buffer = NOTHING;
  }
}
