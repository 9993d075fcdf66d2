/**
 * PostgreSQL's message codes that can arrive while a COPY is being read:
 * https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
const COPY_DATA = 0x64; // d
const COPY_OUT_RESPONSE = 0x48; // H
const NOTICE_RESPONSE = 0x4e; // N
const PARAMETER_STATUS = 0x53; // S
const NOTIFICATION_RESPONSE = 0x41; // A

/** One code byte and a big-endian length that counts itself but not the code. */
const HEADER_BYTES = 5;

/** First byte of a binary copy's trailer, -1 in place of a tuple's number of fields, which is at most 1,664. */
const TRAILER = 0xff;

/** How the rows of a copy are framed. */
export interface RowFraming {
  /** One ASCII character to put before each row of text. */
  readonly rowLead?: string | undefined;
  /** Whether the rows are in COPY's binary format, whose header and trailer belong to no row and are dropped. */
  readonly isBinary?: boolean | undefined;
}

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
 *
 * In a binary copy, the first message begins with the copy's header, and a last one is the trailer. Without rows, both
 * are in one message.
 */
export class CopyFrames {
  readonly #onAside: (bytes: Buffer) => void;
  /** -1: none. */
  readonly #lead: number;
  /** The header of a binary copy; undefined for text. */
  readonly #copyHeader: CopyHeader | undefined;
  /** Header bytes of the current message, if it was split within its header. */
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  /** Remaining bytes of the current message. */
  #left = 0;
  #code = 0;
  /** Content of a binary copy's current message: unknown until its first byte after the copy's header. */
  #content: 'unknown' | 'row' | 'trailer' = 'unknown';

  /**
   * @param onAside gets copies of the bytes of messages that may come between rows but are not rows (notices,
   *   parameter changes), in order, perhaps in fragments.
   */
  constructor(onAside: (bytes: Buffer) => void, { rowLead, isBinary = false }: RowFraming = {}) {
    this.#onAside = onAside;
    this.#lead = rowLead?.charCodeAt(0) ?? -1;
    this.#copyHeader = isBinary ? new CopyHeader() : undefined;
  }

  /** Processes `buffer`, which it overwrites. Must not be called again after it has returned an `end`. */
  feed(buffer: Buffer): CopyFeed {
    const size = buffer.length;
    const lead = this.#lead;
    // The lead replaces the last header byte.
    const skipped = lead < 0 ? HEADER_BYTES : HEADER_BYTES - 1;
    const trailer = this.#copyHeader === undefined ? -1 : TRAILER;
    let at = 0;
    let bytes = 0;
    let rows = 0;
    while (at < size) {
      if (this.#left > 0) {
        const stop = Math.min(size, at + this.#left);
        this.#left -= stop - at;
        if (this.#code === COPY_DATA) {
          const from = this.#rowStart(buffer, at, stop);
          buffer.copyWithin(bytes, from, stop);
          bytes += stop - from;
          if (this.#left === 0 && this.#content === 'row') rows += 1;
        } else {
          this.#aside(buffer.subarray(at, stop));
        }
        at = stop;
        continue;
      }
      if (this.#headerBytes === 0) {
        // The fast path for whole rows, which nearly every message takes: uses only local variables.
        const end = this.#copyHeader?.isComplete === false ? 0 : size;
        while (at + HEADER_BYTES <= end && buffer[at] === COPY_DATA) {
          const stop = at + 1 + buffer.readUInt32BE(at + 1);
          if (stop > size || buffer[at + HEADER_BYTES] === trailer) break;
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
        this.#content = this.#copyHeader === undefined ? 'row' : 'unknown';
        rows += this.#left === 0 && this.#content === 'row' ? 1 : 0;
      } else this.#aside(this.#header);
    }
    return { bytes, rows, end: -1 };
  }

  /** Where the bytes of a row begin in this part of a message: at its end if it has none. */
  #rowStart(buffer: Buffer, at: number, stop: number): number {
    const from = this.#copyHeader?.skip(buffer, at, stop) ?? at;
    if (this.#content === 'unknown' && from < stop) this.#content = buffer[from] === TRAILER ? 'trailer' : 'row';
    return this.#content === 'row' ? from : stop;
  }

  /** Ignores CopyOutResponse; forwards all other messages. */
  #aside(bytes: Buffer): void {
    if (this.#code !== COPY_OUT_RESPONSE) this.#onAside(Buffer.from(bytes));
  }
}

/** Bytes of a binary copy's header: a signature (11), flags (4), and the length of an extension that follows (4). */
const FIXED_BYTES = 19;
const EXTENSION_AT = 15;

/** Skips the header of a binary copy: https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS */
class CopyHeader {
  #skipped = 0;
  /** Bytes of the header; known when its fixed part has been skipped. */
  #size = FIXED_BYTES;

  get isComplete(): boolean {
    return this.#skipped >= FIXED_BYTES && this.#skipped === this.#size;
  }

  /** The offset of the first byte after the header in this part of it; `stop` while the header continues. */
  skip(buffer: Buffer, at: number, stop: number): number {
    let from = at;
    for (; this.#skipped < FIXED_BYTES && from < stop; from += 1) {
      const byte = buffer[from] ?? 0;
      if (this.#skipped >= EXTENSION_AT) this.#size += byte * 2 ** (8 * (FIXED_BYTES - 1 - this.#skipped));
      this.#skipped += 1;
    }
    const taken = Math.min(stop - from, this.#size - this.#skipped);
    this.#skipped += taken;
    return from + taken;
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
