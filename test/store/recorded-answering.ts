import type { ObjectStore } from '../../shared/store/object-store.js';
import { openObjectStore, type OpenedObjectStore } from '../../shared/startup/open-object-store.js';
import {
  startRecordedStore,
  type RecordedStore,
  type RecordedAnswer,
  type Reply,
  type StoreRequest,
} from '../support/recorded-store.js';

/** The service's own client, connected to a store that replays recorded responses. */
export class RecordedAnswering {
  private recorded: RecordedStore | undefined;
  private opened: OpenedObjectStore | undefined;

  /** Starts the store and opens a client; call `close` before the next `open`. */
  async open(reply: Reply): Promise<ObjectStore> {
    this.recorded = await startRecordedStore(reply);
    this.opened = openObjectStore({
      S3_ENDPOINT: this.recorded.endpoint,
      S3_PUBLIC_ENDPOINT: undefined,
      S3_REGION: 'us-east-1',
      EXPORT_BUCKET: 'exports',
    });
    return this.opened.store;
  }

  /** The requests to the store, in order. */
  get requests(): readonly StoreRequest[] {
    return this.recorded?.requests ?? [];
  }

  /** A header of each request, in order. */
  headersSent(name: string): (string | undefined)[] {
    return this.requests.map(({ headers }) => headers[name]?.toString());
  }

  async close(): Promise<void> {
    this.opened?.close();
    await this.recorded?.close();
  }
}

/** One response after the other; the last one repeats. */
export function replyInTurn(...answers: readonly RecordedAnswer[]): Reply {
  let at = 0;
  return () => answers[Math.min(at++, answers.length - 1)];
}
