import { crc32 } from '@node-rs/crc32';
import { promisify } from 'node:util';
import { constants, deflateRaw, type ZlibOptions } from 'node:zlib';
import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../encoding.js';

/**
 * Deflate (RFC 1951) of a file whose segments are compressed separately. Each segment is a run of blocks that ends on a
 * byte boundary, without a final block, so that runs can be concatenated. The code that joins them adds the final block.
 */

/**
 * Plain bytes per block. Constant, so that the same rows give the same bytes. Blocks of a quarter of this size take 10%
 * more CPU, because zlib starts fresh with each block.
 */
const BLOCK_BYTES = 1024 * 1024;
/** Size of zlib's output chunks, which most blocks fit into. */
const OUTPUT_BYTES = 256 * 1024;
/** Blocks of one segment that zlib's threads compress at the same time. */
const AT_ONCE = 2;
/** The fastest level: the default one makes files a third smaller, but takes three times as long. */
export const FASTEST = 1;

const deflate = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);

/** Compresses what `inner` emits. Adds `crc32` and `size` of the plain bytes to its summary. */
export class DeflateEncoder implements SegmentEncoder {
  readonly #inner: SegmentEncoder;
  readonly #options: ZlibOptions;
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  /** Buffers of compressed blocks, for reuse: allocating takes longer than filling. */
  readonly #free: Buffer<ArrayBuffer>[] = [];
  #filled = 0;
  #crc32 = 0;
  #size = 0;
  readonly #running: Promise<Buffer>[] = [];

  /** @param header emitted before the first block, uncompressed */
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

  /** Starts a new buffer, because zlib's threads still read this one. */
  #compress(): void {
    const block = this.#block;
    const compressed = deflate(block.subarray(0, this.#filled), this.#options).finally(() => this.#free.push(block));
    // An error is reported when the block is emitted.
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
