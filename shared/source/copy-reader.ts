import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { CopyFrames, type RowFraming } from './copy-frames.js';
import { divert, type Diversion } from './copy-socket.js';

/** A chunk of a copy's rows. */
export interface CopyChunk {
  /**
   * Rows, back to back, without a binary copy's header and trailer; the last may be cut. Valid only until the next
   * chunk is requested: the memory is reused.
   */
  readonly bytes: Buffer;
  /** Rows that end in this chunk; 0 within a row longer than a chunk. A header line counts as a row. */
  readonly rows: number;
}

const COPY_DONE = 0x63; // c

/** Bytes of each of the two buffers: one for the consumer, one being filled. Larger ones don't fit the CPU's cache. */
const BUFFER = 256 * 1024;

/**
 * If the server is slower than the reader, each read returns 8 KiB, and the system calls cost more than the rows. So
 * after the first `WARM` bytes, a read of less than `SMALL` bytes is followed by a pause of `REST` ms, in which the
 * kernel collects more data: a tenth of the reads, two thirds of the CPU, the same speed. The pause must be shorter
 * than the server needs to fill a socket's buffers (about 200 KB for a Unix socket). Small exports never pause.
 */
const WARM = 1024 * 1024;
const SMALL = BUFFER / 2;
const REST = 1;

/**
 * The query that pg's client runs for `copyOut`: it diverts the socket's bytes from pg when it is sent, and returns
 * them at the first message that does not belong to the copy.
 * https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-COPY
 */
export class CopyReader implements pg.Submittable {
  /** Set by pg when the client has a `query_timeout`, to cancel its timer. */
  callback: ((error: Error | null) => void) | undefined;
  rowCount: number | undefined;

  readonly #sql: string;
  readonly #close: () => void;
  readonly #frames: CopyFrames;
  readonly #buffers = [Buffer.allocUnsafeSlow(BUFFER), Buffer.allocUnsafeSlow(BUFFER)] as const;
  #filling: 0 | 1 = 0;
  #stream: Duplex | undefined;
  /** Set while this reader receives the socket's bytes. */
  #diversion: Diversion | undefined;
  #received = 0;
  #rest: NodeJS.Timeout | undefined;

  /** At most one of these is set: a chunk that nobody has requested yet, or a caller that is waiting for one. */
  #ready: CopyChunk | undefined;
  #waiting: { resolve: (chunk: CopyChunk | undefined) => void; reject: (error: Error) => void } | undefined;
  #copied = false;
  #finished = false;
  #failure: Error | undefined;

  /**
   * @param framing how the rows are framed
   * @param close closes the connection; called if the reader is abandoned in the middle of an answer
   */
  constructor(sql: string, framing: RowFraming, close: () => void) {
    this.#sql = sql;
    this.#frames = new CopyFrames((bytes) => this.#diversion?.aside(bytes), framing);
    this.#close = close;
  }

  /** The next chunk, or undefined after the last one. Invalidates the previous chunk. One call at a time. */
  next(): Promise<CopyChunk | undefined> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const ready = this.#ready;
    if (ready !== undefined) {
      this.#ready = undefined;
      this.#flow();
      return Promise.resolve(ready);
    }
    if (this.#finished) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Ends the copy and its connection. No effect after the end of the copy. */
  abandon(reason: unknown): void {
    this.handleError(reason instanceof Error ? reason : new Error('the copy was aborted', { cause: reason }));
  }

  submit(connection: pg.Connection): void {
    this.#stream = connection.stream;
    this.#diversion = divert(connection.stream, {
      buffer: () => this.#buffers[this.#filling],
      receive: (bytes) => {
        this.#receive(bytes);
      },
    });
    connection.query(this.#sql);
  }

  /** After a server error, pg has the socket back; after any other error, the rest of the response is unread. */
  handleError(error: Error): void {
    if (this.#finished) return;
    this.#ready = undefined;
    this.#failure = error;
    this.#finish();
    if (this.#diversion === undefined && this.#stream !== undefined) return;
    this.#close();
    this.#stream?.destroy();
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const rows = /^COPY (\d+)/.exec(text)?.[1];
    if (rows !== undefined) this.rowCount = Number(rows);
  }

  handleReadyForQuery(): void {
    if (this.#copied) this.#finish();
    else this.handleError(new Error('the statement is not a single COPY … TO STDOUT'));
  }

  /** Otherwise, the server would wait for rows forever. Its error then ends this query. */
  handleCopyInResponse(connection: { sendCopyFail(message: string): void }): void {
    connection.sendCopyFail('only COPY … TO STDOUT is supported');
  }

  /** pg calls the following methods if the statement was a different one, or several. */
  handleCopyData(): void {
    this.#copied = false;
  }
  handleRowDescription(): void {
    this.#copied = false;
  }
  handleDataRow(): void {
    this.#copied = false;
  }
  handleEmptyQuery(): void {
    this.#copied = false;
  }

  #receive(bytes: Buffer): void {
    if (this.#finished) return;
    const feed = this.#frames.feed(bytes);
    if (feed.rows > 0 || feed.bytes > 0) this.#deliver({ bytes: bytes.subarray(0, feed.bytes), rows: feed.rows });
    if (feed.end >= 0) {
      this.#giveBack(bytes, feed.end);
      return;
    }
    this.#received += bytes.length;
    if (this.#diversion?.batches === true && this.#received > WARM && bytes.length < SMALL) {
      this.#rest = setTimeout(() => {
        this.#rest = undefined;
        this.#flow();
      }, REST);
    }
    this.#flow();
  }

  #deliver(chunk: CopyChunk): void {
    this.#filling = this.#filling === 0 ? 1 : 0;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#ready = chunk;
    else waiting.resolve(chunk);
  }

  #giveBack(bytes: Buffer, end: number): void {
    this.#copied = bytes[end] === COPY_DONE;
    const diversion = this.#diversion;
    this.#diversion = undefined;
    // Nothing is read into these buffers any more, so pg's parser may keep them.
    diversion?.end(bytes.subarray(end));
  }

  /** Continues reading unless a chunk waits for the consumer or the kernel is collecting data. */
  #flow(): void {
    if (this.#diversion === undefined) return;
    if (this.#ready !== undefined || this.#rest !== undefined) this.#stream?.pause();
    else this.#stream?.resume();
  }

  #finish(): void {
    this.#finished = true;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#failure !== undefined) waiting?.reject(this.#failure);
    else waiting?.resolve(undefined);
    this.callback?.(this.#failure ?? null);
  }
}
