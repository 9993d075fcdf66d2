/** PostgreSQL's message codes that can arrive while a COPY is being read: https://www.postgresql.org/docs/18/protocol-message-formats.html */
const COPY_DATA = 0x64; // d
const COPY_OUT_RESPONSE = 0x48; // H
const NOTICE_RESPONSE = 0x4e; // N
const PARAMETER_STATUS = 0x53; // S
const NOTIFICATION_RESPONSE = 0x41; // A

/** One code byte and a big-endian length that counts itself but not the code. */
const HEADER_BYTES = 5;

/** Result of one pass over a buffer. */
export interface CopyFeed {
  /** Bytes of rows, now at the front of the buffer. */
  readonly bytes: number;
  /** Rows that end in these bytes. */
  readonly rows: number;
  /** Offset of the first message after the copy (CopyDone, ErrorResponse, …), or -1 while the copy continues. */
  readonly end: number;
}

/**
 * Extracts rows from the messages of a `COPY … TO STDOUT`, in place: each row's bytes are moved forward over the five
 * header bytes before it, so a row costs no allocation. The server sends one row per message; messages may be split
 * anywhere between two buffers. Does no I/O.
 */
export class CopyFrames {
  readonly #onAside: (bytes: Buffer) => void;
  /** -1: none. */
  readonly #lead: number;
  /** Header bytes of the current message, if it was split within its header. */
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  /** Remaining bytes of the current message. */
  #left = 0;
  #code = 0;

  /**
   * @param onAside gets copies of the bytes of messages that may come between rows but are not rows (notices,
   *   parameter changes), in order, perhaps in fragments.
   * @param lead one ASCII character that replaces each row's last header byte
   */
  constructor(onAside: (bytes: Buffer) => void, lead?: string) {
    this.#onAside = onAside;
    this.#lead = lead?.charCodeAt(0) ?? -1;
  }

  /** Processes `buffer`, which it overwrites. Must not be called again after it has returned an `end`. */
  feed(buffer: Buffer): CopyFeed {
    const size = buffer.length;
    const lead = this.#lead;
    const skipped = lead < 0 ? HEADER_BYTES : HEADER_BYTES - 1;
    let at = 0;
    let bytes = 0;
    let rows = 0;
    while (at < size) {
      if (this.#left > 0) {
        const stop = Math.min(size, at + this.#left);
        this.#left -= stop - at;
        if (this.#code === COPY_DATA) {
          buffer.copyWithin(bytes, at, stop);
          bytes += stop - at;
          if (this.#left === 0) rows += 1;
        } else {
          this.#aside(buffer.subarray(at, stop));
        }
        at = stop;
        continue;
      }
      if (this.#headerBytes === 0) {
        // The fast path for whole rows, which nearly every message takes: uses only local variables.
        while (at + HEADER_BYTES <= size && buffer[at] === COPY_DATA) {
          const stop = at + 1 + buffer.readUInt32BE(at + 1);
          if (stop > size) break;
          if (lead >= 0) buffer[at + HEADER_BYTES - 1] = lead;
          buffer.copyWithin(bytes, at + skipped, stop);
          bytes += stop - at - skipped;
          rows += 1;
          at = stop;
        }
        if (at === size) break;
        this.#code = buffer[at] ?? 0;
        if (!belongsToCopy(this.#code)) return { bytes, rows, end: at };
      }
      const taken = buffer.copy(this.#header, this.#headerBytes, at, at + HEADER_BYTES - this.#headerBytes);
      this.#headerBytes += taken;
      at += taken;
      if (this.#headerBytes < HEADER_BYTES) break;
      this.#headerBytes = 0;
      this.#left = this.#header.readUInt32BE(1) - 4;
      if (this.#code === COPY_DATA) {
        // There is room: this buffer has the header's last byte, and no bytes of this row before it.
        if (lead >= 0) buffer[bytes++] = lead;
        rows += this.#left === 0 ? 1 : 0;
      } else this.#aside(this.#header);
    }
    return { bytes, rows, end: -1 };
  }

  /** Ignores CopyOutResponse; forwards all other messages. */
  #aside(bytes: Buffer): void {
    if (this.#code !== COPY_OUT_RESPONSE) this.#onAside(Buffer.from(bytes));
  }
}

function belongsToCopy(code: number): boolean {
  switch (code) {
    case COPY_DATA:
    case COPY_OUT_RESPONSE:
    case NOTICE_RESPONSE:
    case PARAMETER_STATUS:
    case NOTIFICATION_RESPONSE:
      return true;
    default:
      return false;
  }
}
