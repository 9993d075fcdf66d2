import { crc32 } from '@node-rs/crc32';
import { combineCrc32 } from '../plan/crc32.js';
import { MIN_PART_BYTES, type NumberRange } from '../plan/pieces.js';
import type { BufferPool } from './buffer-pool.js';

export interface PartStore {
  /** `body` is the caller's again as soon as the promise settles. */
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
  /** Below 5 MiB in total: too little for a part. `body` is valid until `close()`. */
  | { readonly kind: 'held'; readonly body: Buffer; readonly bytes: number; readonly crc32: number };

/** Thrown when a segment has more bytes than its part numbers can carry. */
export class OutOfPartNumbers extends Error {
  override readonly name = 'OutOfPartNumbers';
}

export interface PartWriterOptions {
  readonly store: PartStore;
  readonly numbers: NumberRange;
  /** Bytes of every part but the last, which has up to 5 MiB more or down to 5 MiB. At least 5 MiB. */
  readonly partSize: number;
  readonly buffers: BufferPool;
  readonly signal: AbortSignal;
}

const NOTHING = Buffer.alloc(0);

/**
 * Turns the bytes of one segment into parts. A part leaves only while at least 5 MiB remain behind it, so that the
 * last one is never too small: the segment's last part need not be the file's. One is in flight while the next fills.
 * Memory: two buffers of a part and 5 MiB.
 *
 * Calls come one at a time. No upload is under way any more when one of them rejects. The owner must `close()` it,
 * whatever happened.
 */
export class PartWriter {
  readonly #options: PartWriterOptions;
  readonly #parts: UploadedPart[] = [];
  readonly #capacity: number;
  #buffer: Buffer;
  #filled = 0;
  /** CRC-32 of the part that is being filled, and of what is behind it: taken while the bytes are in the cache. */
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
   * Copies the bytes, which must stay as they are until the returned promise, if there is one, settles. That waits
   * only when a part is full while the one before it is still on its way.
   *
   * @throws OutOfPartNumbers, or what the store threw
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

  /** What is behind the part moves to a fresh buffer. */
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

  /** Uploads the first `size` bytes of a buffer and then gives it back. */
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
    // Whoever waits for it later hears of a failure; until then it must not count as unhandled.
    this.#inFlight.catch(() => undefined);
  }

  async #settle(): Promise<void> {
    const pending = this.#inFlight;
    this.#inFlight = undefined;
    await pending;
  }

  /**
   * Uploads the rest. Nothing may be written afterwards.
   *
   * @throws OutOfPartNumbers, or what the store threw
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

  /** Waits for what is in flight, whether it succeeds or not, and gives the memory back. May be called again. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#settle()]);
    if (this.#buffer !== NOTHING) this.#options.buffers.give(this.#buffer);
    this.#buffer = NOTHING;
  }
}
