import pg from 'pg';
import type { RowFraming } from './copy-frames.js';
import { CopyReader, type CopyChunk } from './copy-reader.js';

export interface CopyOutOptions extends RowFraming {
  /** When aborted, closes the connection at once, even if the server is silent. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the rows of one `COPY … TO STDOUT` with backpressure: while the consumer works, at most one more chunk is read.
 *
 * ```ts
 * for await (const { bytes } of copyOut(client, 'COPY (SELECT …) TO STDOUT (FORMAT csv)')) await part.write(bytes);
 * ```
 *
 * After the last chunk, and after an error of the statement (`pg.DatabaseError`), the client is ready for its next
 * query, such as COMMIT or ROLLBACK. In all other cases – the loop ended early, `signal` aborted, the connection was
 * lost – the connection is closed, because the server is still sending rows; a pool drops such a client when it is
 * released, with or without `release(true)`.
 *
 * The client needs an `error` listener, like any client in use: pg also reports a lost connection there, and an
 * unhandled report ends the process. It must not be in pipeline mode, and should not LISTEN. {@link copyStream} as its
 * `stream` saves a third of the CPU time.
 * @throws pg.DatabaseError from the server, also in the middle of the rows
 * @throws Error when the connection is lost, or `sql` is not a COPY TO STDOUT
 * @throws the reason of `signal`
 */
export function copyOut(client: pg.ClientBase, sql: string, options: CopyOutOptions = {}): CopyOut {
  return new CopyOut(client, sql, options);
}

/** One copy. It starts when the first chunk is requested, and can be read once. */
export class CopyOut implements AsyncIterable<CopyChunk> {
  readonly #client: pg.ClientBase;
  readonly #reader: CopyReader;
  readonly #signal: AbortSignal | undefined;
  #started = false;

  constructor(client: pg.ClientBase, sql: string, { signal, ...framing }: CopyOutOptions) {
    this.#client = client;
    this.#signal = signal;
    const close = (): void => {
      this.#close();
    };
    this.#reader = new CopyReader(sql, framing, close);
  }

  /** The server's row count; `undefined` before the end. */
  get rowCount(): number | undefined {
    return this.#reader.rowCount;
  }

  [Symbol.asyncIterator](): AsyncIterator<CopyChunk, undefined> {
    const signal = this.#signal;
    const onAbort = (): void => {
      this.#reader.abandon(signal?.reason);
    };
    const forget = (): void => {
      signal?.removeEventListener('abort', onAbort);
    };
    return {
      next: async () => {
        if (!this.#started) {
          signal?.throwIfAborted();
          this.#started = true;
          signal?.addEventListener('abort', onAbort);
          this.#client.query(this.#reader);
        }
        try {
          const chunk = await this.#reader.next();
          if (chunk !== undefined) return { done: false, value: chunk };
        } catch (error) {
          forget();
          throw error;
        }
        forget();
        return { done: true, value: undefined };
      },
      return: () => {
        forget();
        if (this.#started) this.#reader.abandon(new Error('the copy was abandoned'));
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  /**
   * `end()` of a client in the middle of a query closes its socket at once and, unlike a broken socket, reports
   * nothing.
   */
  #close(): void {
    if (this.#client instanceof pg.Client) void this.#client.end();
  }
}
