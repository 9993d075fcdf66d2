import { crc32 } from '@node-rs/crc32';
import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { combineCrc32 } from '../crc32.js';
import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from './format.js';

/**
 * gzip (RFC 1952) of a file whose segments are compressed alone: one member, because not every reader takes several.
 * A segment is a run of deflate blocks that ends on a byte boundary and is not the last; header, end and checksum are
 * added around all of them.
 */

/** Plain bytes that are compressed at a time; always as many, so that the same rows give the same bytes. */
const BLOCK_BYTES = 256 * 1024;
/** Blocks of one segment that zlib's threads work on at the same time. */
const AT_ONCE = 2;
/** The fastest: a better one takes three times as long for a third less. */
const LEVEL = 1;

const options: ZlibOptions = { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: BLOCK_BYTES };
const deflate = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);

/** Deflate, no flags, no time (the same rows are the same bytes), fastest compression, unknown system. */
export const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);

/** Compresses what `inner` emits. Its summary: `crc32` and `size` of the plain bytes. */
export class GzipEncoder implements SegmentEncoder {
  readonly #inner: SegmentEncoder;
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #filled = 0;
  #crc32 = 0;
  #size = 0;
  readonly #running: Promise<Buffer>[] = [];

  /** @param header emitted before the first block, plain */
  constructor(inner: SegmentEncoder, header: Buffer) {
    this.#inner = inner;
    if (header.length > 0) this.#running.push(Promise.resolve(header));
  }

  async write(rows: RowBytes, emit: Emit): Promise<void> {
    await this.#inner.write(rows, (bytes) => this.#add(bytes, emit));
  }

  async end(emit: Emit): Promise<SegmentSummary> {
    await this.#inner.end((bytes) => this.#add(bytes, emit));
    if (this.#filled > 0) this.#compress();
    while (this.#running.length > 0) await this.#emitNext(emit);
    return { crc32: this.#crc32, size: this.#size };
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
    const compressed = deflate(this.#block.subarray(0, this.#filled), options);
    // Whoever emits it hears of a failure.
    compressed.catch(() => undefined);
    this.#running.push(compressed);
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#filled = 0;
  }

  async #emitNext(emit: Emit): Promise<void> {
    const next = await this.#running.shift();
    if (next !== undefined) await emit(next);
  }
}

/** What follows the segments: the tail of the plain file as the last block, checksum and length. */
export function gzipTail(tail: Buffer, summaries: readonly SegmentSummary[]): Buffer {
  let [sum, size] = [0, 0];
  for (const segment of summaries) {
    sum = combineCrc32(sum, segment.crc32 ?? 0, segment.size ?? 0);
    size += segment.size ?? 0;
  }
  const end = Buffer.alloc(8);
  end.writeUInt32LE(combineCrc32(sum, crc32(tail), tail.length), 0);
  end.writeUInt32LE((size + tail.length) % 2 ** 32, 4);
  return Buffer.concat([deflateRawSync(tail, { level: LEVEL }), end]);
}
