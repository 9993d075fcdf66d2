import type { Response } from 'express';

/** Proxies close connections that are silent for a minute, some after 30 seconds. */
const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it reconnects, ms. */
const RETRY_MS = 2000;

export interface ServerEvent {
  readonly id?: number;
  readonly event: string;
  /** Must be a single line. */
  readonly data: string;
}

/**
 * Server-sent events to one client. Nothing is queued for a client that reads slowly: once there is room again it gets
 * the newest event, and it misses the ones in between.
 */
export class EventStream {
  private waiting: ServerEvent | null = null;
  private isFull = false;
  private isEnding = false;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(private readonly response: Response) {
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      // Otherwise nginx holds events back until its buffer is full.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    response.on('drain', () => {
      this.isFull = false;
      const { waiting } = this;
      this.waiting = null;
      if (waiting !== null) this.send(waiting);
      if (this.isEnding) this.end();
    });
    response.once('close', () => {
      clearInterval(this.heartbeat);
    });
    this.heartbeat = setInterval(() => {
      if (!this.isFull) this.write(': still here\n\n');
    }, HEARTBEAT_MS);
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  send(event: ServerEvent): void {
    if (this.isFull) {
      this.waiting = event;
      return;
    }
    const id = event.id === undefined ? '' : `id: ${event.id}\n`;
    this.write(`${id}event: ${event.event}\ndata: ${event.data}\n\n`);
  }

  /** Ends the stream once pending events are sent. */
  end(): void {
    this.isEnding = true;
    if (this.waiting === null) this.response.end();
  }

  private write(text: string): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.isFull = !this.response.write(text);
  }
}
