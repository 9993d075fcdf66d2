const FIRST_BYTES = 64 * 1024;
/** UTF-16 code units of a text that is measured before it is written. */
const LONG = 4096;
const TWO_32 = 2 ** 32;

/** TupleBatch in COPY's binary format, big-endian, in reused memory. */
export class TupleBuffer {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #size = 0;

  /** Empties it. The result of `bytes` is overwritten from now on. */
  clear(): void {
    this.#size = 0;
  }

  /** Everything written since `clear`. Valid until the next call. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  int8(value: number): void {
    const at = this.#advance(1);
    this.#bytes[at] = value;
  }
  int16(value: number): void {
    const at = this.#advance(2);
    this.#bytes.writeInt16BE(value, at);
  }
  uint16(value: number): void {
    const at = this.#advance(2);
    this.#bytes.writeUInt16BE(value, at);
  }
  int32(value: number): void {
    const at = this.#advance(4);
    this.#bytes.writeInt32BE(value, at);
  }
  /** @param value a safe integer */
  int64(value: number): void {
    const at = this.#advance(8);
    const high = Math.floor(value / TWO_32);
    this.#bytes.writeInt32BE(high, at);
    this.#bytes.writeUInt32BE(value - high * TWO_32, at + 4);
  }
  bigInt64(value: bigint): void {
    const at = this.#advance(8);
    this.#bytes.writeBigInt64BE(value, at);
  }
  float(value: number): void {
    const at = this.#advance(4);
    this.#bytes.writeFloatBE(value, at);
  }
  double(value: number): void {
    const at = this.#advance(8);
    this.#bytes.writeDoubleBE(value, at);
  }
  /** The bytes that pairs of hexadecimal digits stand for. */
  hex(digits: string): void {
    const at = this.#advance(digits.length / 2);
    this.#bytes.write(digits, at, 'hex');
  }
  /** A text in UTF-8, after its length. */
  text(value: string): void {
    // Three bytes per UTF-16 code unit are enough, but too much memory for a long text.
    const room = value.length < LONG ? value.length * 3 : Buffer.byteLength(value);
    const at = this.#advance(4 + room);
    const length = this.#bytes.write(value, at + 4);
    this.#bytes.writeInt32BE(length, at);
    this.#size = at + 4 + length;
  }

  /** Makes room for more bytes. @returns where they begin */
  #advance(more: number): number {
    const at = this.#size;
    this.#size = at + more;
    if (this.#size > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#size, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}
