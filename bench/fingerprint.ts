import { crc32 } from 'node:zlib';

/** Size and CRC-32 of bytes. */
export interface Fingerprint {
  readonly bytes: number;
  /** Eight hexadecimal digits. */
  readonly crc32: string;
}

/** Computes the fingerprint of a stream while someone else reads it. */
export class Fingerprinter {
  #bytes = 0;
  #crc = 0;

  /** Passes the bytes on; each counts once it has been read. */
  async *watch(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      this.#bytes += chunk.byteLength;
      this.#crc = crc32(chunk, this.#crc);
      yield chunk;
    }
  }

  /** Fingerprint of the bytes read so far. */
  get found(): Fingerprint {
    return { bytes: this.#bytes, crc32: this.#crc.toString(16).padStart(8, '0') };
  }
}

/** Reads a stream to its end and returns its fingerprint. */
export async function fingerprint(stream: AsyncIterable<Uint8Array>): Promise<Fingerprint> {
  const fingerprinter = new Fingerprinter();
  for await (const _ of fingerprinter.watch(stream));
  return fingerprinter.found;
}
