import { deflateSync } from 'node:zlib';
import type { PDFDict, PDFObject, PDFRawStream, PDFRef } from 'pdf-lib';
import { pdfLib } from './pdf-lib.js';

/** Entries of a dictionary; strings are written as names. */
export type Entries = Record<string, unknown>;

const SMALLEST = { level: 9 };

/** Writes objects one after the other and records their offsets in the file. */
export class ObjectFile {
  readonly #context = pdfLib().PDFContext.create();
  readonly #chunks: Buffer[] = [];
  /** Number and offset of each object, unordered. */
  readonly offsets: [number: number, offset: number][] = [];
  #offset: number;
  #next: number;

  /** @param next the first free object number */
  constructor(offset: number, next: number) {
    this.#offset = offset;
    this.#next = next;
  }

  get offset(): number {
    return this.#offset;
  }

  ref(number: number): PDFRef {
    return pdfLib().PDFRef.of(number);
  }

  /** Reserves an object number. */
  reserve(): PDFRef {
    return this.ref(this.#next++);
  }

  dict(entries: Entries): PDFDict {
    const { PDFArray, PDFDict, PDFName, PDFNumber, PDFObject: Base } = pdfLib();
    const toObject = (value: unknown): PDFObject => {
      if (value instanceof Base) return value;
      if (typeof value === 'number') return PDFNumber.of(value);
      if (typeof value === 'boolean') return value ? pdfLib().PDFBool.True : pdfLib().PDFBool.False;
      if (typeof value === 'string') return PDFName.of(value);
      if (Array.isArray(value)) {
        const array = PDFArray.withContext(this.#context);
        for (const item of value) array.push(toObject(item));
        return array;
      }
      return this.dict(value as Entries);
    };
    const dict = PDFDict.withContext(this.#context);
    for (const [name, value] of Object.entries(entries)) dict.set(PDFName.of(name), toObject(value));
    return dict;
  }

  put(ref: PDFRef, object: PDFObject | Entries): PDFRef {
    const value = object instanceof pdfLib().PDFObject ? object : this.dict(object);
    const head = Buffer.from(`${ref.objectNumber} 0 obj\n`);
    const bytes = Buffer.allocUnsafe(value.sizeInBytes());
    value.copyBytesInto(bytes, 0);
    this.offsets.push([ref.objectNumber, this.#offset]);
    this.append(Buffer.concat([head, bytes, Buffer.from('\nendobj\n')]));
    return ref;
  }

  add(object: PDFObject | Entries): PDFRef {
    return this.put(this.reserve(), object);
  }

  /** Creates a compressed stream. */
  stream(bytes: Uint8Array, entries: Entries = {}): PDFRawStream {
    const dict = this.dict({ ...entries, Filter: 'FlateDecode' });
    return pdfLib().PDFRawStream.of(dict, deflateSync(bytes, SMALLEST));
  }

  append(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#offset += bytes.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
