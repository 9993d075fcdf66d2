import { crc32 } from '@node-rs/crc32';
import { promisify } from 'node:util';
import { constants, deflateRaw, type ZlibOptions } from 'node:zlib';
import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../encoding.js';

/**
 * Deflate (RFC 1951) of a file whose segments are compressed alone: each is a run of blocks that ends on a byte boundary
 * and has no last block, so that runs can be joined as they are. Whoever joins them adds the last block.
 */

/**
 * Plain bytes that are compressed at a time; always as many, so that the same rows give the same bytes. A quarter of it
 * takes a tenth more CPU: zlib begins anew with each.
 */
const BLOCK_BYTES = 1024 * 1024;
/** What zlib's output comes in: as much as most blocks make. */
const OUTPUT_BYTES = 256 * 1024;
/** Blocks of one segment that zlib's threads work on at the same time. */
const AT_ONCE = 2;
/** The fastest: a better one takes three times as long for a third less. */
export const FASTEST = 1;

const deflate = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);

/** Compresses what `inner` emits. Its summary: that of `inner`, and `crc32` and `size` of the plain bytes. */
export class DeflateEncoder implements SegmentEncoder {
  readonly #inner: SegmentEncoder;
  readonly #options: ZlibOptions;
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  /** Blocks that are compressed: new memory would cost more than filling it. */
  readonly #free: Buffer<ArrayBuffer>[] = [];
  #filled = 0;
  #crc32 = 0;
  #size = 0;
  readonly #running: Promise<Buffer>[] = [];

  /** @param header emitted before the first block, plain */
  constructor(inner: SegmentEncoder, header: Buffer, level = FASTEST) {
    this.#inner = inner;
    this.#options = { level, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: OUTPUT_BYTES };
    if (header.length > 0) this.#running.push(Promise.resolve(header));
  }

  async write(rows: RowBytes, emit: Emit): Promise<void> {
    await this.#inner.write(rows, (bytes) => this.#add(bytes, emit));
  }

  async end(emit: Emit): Promise<SegmentSummary> {
    const summary = await this.#inner.end((bytes) => this.#add(bytes, emit));
    if (this.#filled > 0) this.#compress();
    while (this.#running.length > 0) await this.#emitNext(emit);
    return { ...summary, crc32: this.#crc32, size: this.#size };
  }

  /** Plain bytes of the file. */
  async #add(bytes: Buffer, emit: Emit): Promise<void> {
    this.#crc32 = crc32(bytes, this.#crc32);
    this.#size += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.copy(this.#block, this.#filled, at);
      this.#filled += taken;
      at += taken;
      if (this.#filled < BLOCK_BYTES) return;
      this.#compress();
      while (this.#running.length > AT_ONCE) await this.#emitNext(emit);
    }
  }

  /** zlib's threads read the block meanwhile, so the next one is another. */
  #compress(): void {
    const block = this.#block;
    const compressed = deflate(block.subarray(0, this.#filled), this.#options).finally(() => this.#free.push(block));
    // Whoever emits it hears of a failure.
    compressed.catch(() => undefined);
    this.#running.push(compressed);
    this.#block = this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#filled = 0;
  }

  async #emitNext(emit: Emit): Promise<void> {
    const next = await this.#running.shift();
    if (next !== undefined) await emit(next);
  }
}
