/**
 * A buffer that grows, in reused memory. Hot loops call `reserve` once, write through `bytes` and
 * `view`, and then set `length`.
 */
export class GrowingBuffer {
  /** Valid until the next `reserve`. */
  bytes: Buffer;
  /** Over the same memory. */
  view: DataView;
  /** Bytes in use. */
  length = 0;
  readonly #initial: number;

  /** @param initial size in bytes */
  constructor(initial: number) {
    this.#initial = initial;
    this.bytes = Buffer.allocUnsafeSlow(initial);
    this.view = viewOf(this.bytes);
  }

  /** Makes room for this many more bytes. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  /** Appends bytes. */
  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Appends an unsigned LEB128 number, up to 2^53. */
  appendVarint(value: number): void {
    this.reserve(MAX_VARINT);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.bytes[this.length++] = (rest % 0x80) + 0x80;
    this.bytes[this.length++] = rest;
  }

  /** The bytes in use; valid until the next change. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Forgets the bytes. Frees memory if less than a quarter was used, so that a rare long value isn't kept. */
  clear(): void {
    const wasMostlyEmpty = this.length * 4 < this.bytes.length;
    this.length = 0;
    if (!wasMostlyEmpty || this.bytes.length <= this.#initial) return;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(this.#initial, Math.floor(this.bytes.length / 2)));
    this.view = viewOf(this.bytes);
  }
}

/** Bytes of the longest varint of a number up to 2^64. */
export const MAX_VARINT = 10;

export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
