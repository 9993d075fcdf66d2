import { Socket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';

/** Read size for ordinary queries; the same as Node's own. */
const ORDINARY_READ = 64 * 1024;

/** Receives the bytes of a {@link CopySocket} while a copy runs. */
export interface ReadSink {
  /** Where the next read may write. Called after every read. */
  buffer(): Buffer;
  /** The bytes that arrived, within the last `buffer()` or, for the first read, in one of their own. Must not throw. */
  receive(bytes: Buffer): void;
}

/**
 * A socket that reads into buffers that its owner provides. Node allocates 64 KiB per read and passes it through a
 * stream, while PostgreSQL sends 8 KiB at a time; for 1.7 GB that is 200,000 buffers and a second of CPU, which this
 * socket saves. To all code except `copyOut` it looks like any socket that is read by `data` events.
 *
 * Its stream buffer is always empty: `read()`, `pipe()` and `pg-copy-streams` see no bytes.
 */
export class CopySocket extends Socket {
  #sink: ReadSink | undefined;

  constructor() {
    const ordinary = Buffer.allocUnsafeSlow(ORDINARY_READ);
    // Node calls neither function before the socket is connected, so `socket` is set by then.
    const own: { socket?: CopySocket } = {};
    // Documented for connect(), which calls this constructor with it: https://nodejs.org/docs/latest-v24.x/api/net.html
    const options: SocketConstructorOpts = {
      onread: {
        buffer: () => own.socket?.readBuffer() ?? ordinary,
        callback: (size, into) => {
          const bytes = Buffer.from(into.buffer, into.byteOffset, size);
          // Copy the bytes: the ordinary buffer is about to be overwritten, and pg's parser keeps unfinished messages.
          own.socket?.arrived(into === ordinary ? Buffer.from(bytes) : bytes);
          return true;
        },
      },
    };
    super(options);
    own.socket = this;
  }

  /** Sends all bytes from now on to `sink` instead of the `data` listeners; undefined restores them. */
  divert(sink: ReadSink | undefined): void {
    this.#sink = sink;
  }

  private readBuffer(): Buffer | undefined {
    return this.#sink?.buffer();
  }

  private arrived(bytes: Buffer): void {
    if (this.#sink === undefined) this.emit('data', bytes);
    else this.#sink.receive(bytes);
  }
}

/**
 * For the `stream` option of `pg.Client` and `pg.Pool`, which pass their own options. With TLS the bytes belong to the
 * TLS layer, so this returns a plain socket, and `copyOut` reads by `data` events.
 */
export function copyStream(options?: { readonly ssl?: unknown }): Socket {
  return options?.ssl === undefined || options.ssl === false ? new CopySocket() : new Socket();
}

/** Diverts a connection's bytes to a {@link ReadSink} instead of pg's parser. */
export interface Diversion {
  /** Whether later reads bring more bytes; only then is waiting for them worthwhile. */
  readonly batches: boolean;
  /** Passes bytes of whole messages, perhaps in several calls, to pg's parser. */
  aside(bytes: Buffer): void;
  /** Returns the connection to pg, starting with `rest`. */
  end(rest: Buffer): void;
}

/** Diverts everything that a pg connection's `stream` receives to `sink`. */
export function divert(stream: Duplex, sink: ReadSink): Diversion {
  if (stream instanceof CopySocket) {
    stream.divert(sink);
    return {
      batches: true,
      aside: (bytes) => stream.emit('data', bytes),
      end: (rest) => {
        stream.divert(undefined);
        stream.resume();
        stream.emit('data', rest);
      },
    };
  }
  const listeners = stream.listeners('data').filter(isDataListener);
  const receive = (bytes: Buffer): void => {
    sink.receive(bytes);
  };
  for (const listener of listeners) stream.removeListener('data', listener);
  stream.on('data', receive);
  const aside = (bytes: Buffer): void => {
    for (const listener of listeners) listener.call(stream, bytes);
  };
  return {
    batches: false,
    aside,
    end: (rest) => {
      stream.removeListener('data', receive);
      for (const listener of listeners) stream.on('data', listener);
      stream.resume();
      aside(rest);
    },
  };
}

function isDataListener(listener: unknown): listener is (bytes: Buffer) => void {
  return typeof listener === 'function';
}
