import { crc32 } from 'node:zlib';
import { combineCrc32 } from '../crc32.js';
import { MIN_PART_BYTES, type NumberRange } from '../pieces.js';
import type { BufferPool } from './buffer-pool.js';

export interface PartStore {
  uploadPart(part: { partNumber: number; body: Buffer; crc32: number; signal: AbortSignal }): Promise<{ etag: string }>;
}

export interface UploadedPart {
  readonly number: number;
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
  /** Bytes of every part but the last. */
  readonly partSize: number;
  readonly buffers: BufferPool;
  readonly signal: AbortSignal;
}

/**
 * Turns the bytes of one segment into parts. A part leaves only while at least 5 MiB remain behind it, so that the
 * last one is never too small; one is in flight while the next fills. Memory: two buffers of a part and 5 MiB.
 * The owner must `close()` it, whatever happened.
 */
export class PartWriter {
  readonly #options: PartWriterOptions;
  readonly #parts: UploadedPart[] = [];
  readonly #capacity: number;
  #buffer: Buffer;
  #filled = 0;
  #nextNumber: number;
  #inFlight: Promise<void> | null = null;

  constructor(options: PartWriterOptions) {
    this.#options = options;
    this.#capacity = options.partSize + MIN_PART_BYTES;
    this.#buffer = options.buffers.take(this.#capacity);
    this.#nextNumber = options.numbers.first;
  }

  /** Copies the bytes. Waits only when a part is full while the one before it is still on its way. */
  write(bytes: Buffer): Promise<void> | undefined {
    if (this.#filled + bytes.length <= this.#capacity) {
      bytes.copy(this.#buffer, this.#filled);
      this.#filled += bytes.length;
      return undefined;
    }
    return this.#writeOver(bytes);
  }

  async #writeOver(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.copy(this.#buffer, this.#filled, at, at + this.#capacity - this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === this.#capacity) await this.#send(this.#options.partSize);
    }
  }

  /** Sends the first `size` bytes of the buffer; what is behind them moves to a fresh one. */
  async #send(size: number): Promise<void> {
    await this.#settle();
    const { store, numbers, buffers, signal } = this.#options;
    if (this.#nextNumber > numbers.last) throw new OutOfPartNumbers('the segment has more parts than numbers');
    const full = this.#buffer;
    const number = this.#nextNumber++;
    this.#buffer = buffers.take(this.#capacity);
    full.copy(this.#buffer, 0, size, this.#filled);
    this.#filled -= size;
    const body = full.subarray(0, size);
    const sum = crc32(body);
    this.#inFlight = store
      .uploadPart({ partNumber: number, body, crc32: sum, signal })
      .then(({ etag }) => {
        this.#parts.push({ number, size, etag, crc32: sum });
      })
      .finally(() => {
        buffers.give(full);
      });
    // Whoever waits for it later hears of a failure; until then it must not count as unhandled.
    this.#inFlight.catch(() => undefined);
  }

  async #settle(): Promise<void> {
    const pending = this.#inFlight;
    this.#inFlight = null;
    await pending;
  }

  /** @throws OutOfPartNumbers, or what the store threw */
  async finish(): Promise<PartsWritten> {
    if (this.#parts.length === 0 && this.#inFlight === null && this.#filled < MIN_PART_BYTES) {
      const body = this.#buffer.subarray(0, this.#filled);
      return { kind: 'held', body, bytes: body.length, crc32: crc32(body) };
    }
    await this.#send(this.#filled);
    await this.#settle();
    const bytes = this.#parts.reduce((sum, { size }) => sum + size, 0);
    const sum = this.#parts.reduce((crc, part) => combineCrc32(crc, part.crc32, part.size), 0);
    return { kind: 'uploaded', parts: this.#parts, bytes, crc32: sum };
  }

  /** Waits for what is in flight and gives the buffer back. */
  async close(): Promise<void> {
    await this.#settle().catch(() => undefined);
    this.#options.buffers.give(this.#buffer);
    this.#buffer = Buffer.alloc(0);
    this.#filled = 0;
  }
}
