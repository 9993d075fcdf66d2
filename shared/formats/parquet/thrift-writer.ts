import { GrowingBuffer } from './growing-buffer.js';

/**
 * Thrift's compact protocol, as much of it as Parquet's metadata needs. Values are written one after the other; there
 * is no tree of objects. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 *
 * ```ts
 * const thrift = new ThriftWriter(1024);
 * thrift.openStruct();
 * thrift.i32(1, 2);
 * thrift.closeStruct();
 * ```
 */

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** The types of list items. */
export const ITEMS = { bool: TRUE, i32: I32, i64: I64, binary: BINARY, struct: STRUCT } as const;

/** Sizes up to this are part of a list's header. */
const SHORT_LIST = 14;
/** A field number that is up to this much higher than the last one is written as the difference. */
const SHORT_STEP = 15;

export class ThriftWriter {
  readonly #out: GrowingBuffer;
  /** The last field number of each open struct. */
  readonly #last: number[] = [];

  /** @param initial bytes of memory to begin with */
  constructor(initial: number) {
    this.#out = new GrowingBuffer(initial);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#out.length;
  }

  /** The bytes written so far; valid until the next write. */
  written(): Buffer {
    return this.#out.written();
  }

  clear(): void {
    this.#out.clear();
  }

  /** Begins a struct: a field of the open one or, without a number, the outermost one or an item of a list. */
  openStruct(field?: number): void {
    if (field !== undefined) this.#field(field, STRUCT);
    this.#last.push(0);
  }

  closeStruct(): void {
    this.#last.pop();
    this.#byte(0);
  }

  /** A struct without fields, as unions use for plain choices. */
  emptyStruct(field: number): void {
    this.openStruct(field);
    this.closeStruct();
  }

  bool(field: number, value: boolean): void {
    this.#field(field, value ? TRUE : FALSE);
  }

  byte(field: number, value: number): void {
    this.#field(field, BYTE);
    this.#byte(value);
  }

  i16(field: number, value: number): void {
    this.#field(field, I16);
    this.itemInteger(value);
  }

  i32(field: number, value: number): void {
    this.#field(field, I32);
    this.itemInteger(value);
  }

  /** @param value exact, below 2^52 */
  i64(field: number, value: number): void {
    this.#field(field, I64);
    this.itemInteger(value);
  }

  binary(field: number, value: Uint8Array): void {
    this.#field(field, BINARY);
    this.itemBinary(value);
  }

  text(field: number, value: string): void {
    this.binary(field, Buffer.from(value));
  }

  /** Begins a list; exactly `size` items must follow. */
  list(field: number, type: (typeof ITEMS)[keyof typeof ITEMS], size: number): void {
    this.#field(field, LIST);
    if (size <= SHORT_LIST) {
      this.#byte((size << 4) | type);
      return;
    }
    this.#byte(0xf0 | type);
    this.#out.appendVarint(size);
  }

  /** Items of a list that another writer has written. */
  items(written: Buffer): void {
    this.#out.append(written);
  }

  itemBool(value: boolean): void {
    this.#byte(value ? TRUE : FALSE);
  }

  /** An item of any integer type. */
  itemInteger(value: number): void {
    this.#out.appendVarint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  itemBinary(value: Uint8Array): void {
    this.#out.appendVarint(value.length);
    this.#out.append(value);
  }

  #field(field: number, type: number): void {
    const depth = this.#last.length - 1;
    const step = field - (this.#last[depth] ?? 0);
    if (step <= 0 || step > SHORT_STEP) throw new RangeError(`Field ${field} can't follow.`);
    this.#byte((step << 4) | type);
    this.#last[depth] = field;
  }

  #byte(value: number): void {
    this.#out.reserve(1);
    this.#out.bytes[this.#out.length++] = value;
  }
}
