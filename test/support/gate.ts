import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';

/** One connection through a gate. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** A proxy to a service that a test can close, while other clients keep using the service. */
export class Gate {
  private readonly pairs = new Set<Pair>();
  private server: Server | null = null;
  private isSilent = false;

  private constructor(
    private readonly to: { readonly host: string; readonly port: number },
    private port = 0,
  ) {}

  /** Creates an open gate. */
  static async before(host: string, port: number): Promise<Gate> {
    const gate = new Gate({ host, port });
    await gate.open();
    return gate;
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Passes everything through, including what was held back. */
  async open(): Promise<void> {
    if (this.isSilent) for (const pair of this.pairs) join(pair);
    this.isSilent = false;
    if (this.server !== null) return;
    this.server = createServer((near) => {
      this.take(near);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
  }

  /** Behaves like a hanging process: accepts and keeps connections, but sends nothing. */
  silence(): void {
    this.isSilent = true;
    for (const { near, far } of this.pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  }

  /** Behaves like a stopped process: nothing listens. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = null;
    const closed = server === null ? undefined : once(server, 'close');
    server?.close();
    for (const { near } of this.pairs) near.destroy();
    await closed;
  }

  private take(near: Socket): void {
    const far = connect(this.to);
    const pair = { near, far };
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    if (!this.isSilent) join(pair);
  }
}

function join({ near, far }: Pair): void {
  near.pipe(far).pipe(near);
}
