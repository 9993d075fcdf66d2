import { crc32 } from '@node-rs/crc32';
import { temporaryPrefix } from '../shared/store/keys.js';
import type { SegmentMode } from '../shared/contract.js';
import { ServiceError } from '../shared/errors.js';
import type { SegmentPieces } from '../shared/job/plan-schema.js';
import { partNumbers } from '../shared/plan/pieces.js';
import { OutOfPartNumbers, PartWriter } from '../shared/store/part-writer.js';
import type { ActivityDeps } from './deps.js';

export interface SegmentTarget {
  readonly jobId: string;
  readonly generation: number;
  readonly segment: number;
  readonly attempt: number;
  readonly key: string;
  readonly uploadId: string;
}

export interface SinkPlan {
  readonly target: SegmentTarget;
  /** Segments of the plan: they share S3's part numbers. */
  readonly segments: number;
  /** Bytes. */
  readonly partSize: number;
  readonly mode: SegmentMode;
  readonly signal: AbortSignal;
}

/** Where the bytes of a segment went. */
export interface StoredSegment {
  readonly bytes: number;
  readonly pieces: SegmentPieces;
}

/** Takes the bytes of one segment. Its owner must `close` it, whatever happened. */
export interface SegmentSink {
  /**
   * @param bytes used until the promise settles, not longer
   * @throws ServiceError PLAN_OUTGROWN when the part numbers do not suffice, UPLOAD_LOST when the upload is gone
   */
  write(bytes: Buffer): Promise<void> | void;
  /** Ends the segment; everything is stored when it returns. @throws as `write` */
  finish(): Promise<StoredSegment>;
  /** Stops what is still running. */
  close(): Promise<void>;
}

type Deps = Pick<ActivityDeps, 'store' | 'buffers'>;

/** Parts of the upload or, for a segment that must be joined with glue, a temporary object. */
export const openSink = (deps: Deps, plan: SinkPlan): SegmentSink =>
  plan.mode === 'held' ? new HeldSink(deps, plan) : new PartsSink(deps, plan);

/** Each attempt has a name of its own: a late one cannot write over what a later one has committed. */
const heldKey = ({ jobId, generation, segment, attempt }: SegmentTarget): string =>
  `${temporaryPrefix(jobId)}${generation}-${segment}-${attempt}`;

/** Parts of the upload; a temporary object if the segment turns out to be too small for a part. */
class PartsSink implements SegmentSink {
  readonly #writer: PartWriter;

  constructor(
    private readonly deps: Deps,
    private readonly plan: SinkPlan,
  ) {
    const { store, buffers } = deps;
    const { target, segments, partSize, signal } = plan;
    this.#writer = new PartWriter({
      store: {
        async uploadPart(part) {
          const etag = await store.uploadPart(target, part);
          if (etag === null) throw new ServiceError('UPLOAD_LOST', 'The multipart upload is gone.');
          return { etag };
        },
      },
      numbers: partNumbers(target.segment, segments, target.attempt),
      partSize,
      buffers,
      signal,
    });
  }

  write(bytes: Buffer): Promise<void> | void {
    return this.#writer.write(bytes)?.catch((error: unknown) => {
      throw this.#named(error);
    });
  }

  async finish(): Promise<StoredSegment> {
    const end = await this.#writer.finish().catch((error: unknown) => {
      throw this.#named(error);
    });
    if (end.kind === 'uploaded') return { bytes: end.bytes, pieces: { kind: 'parts', parts: [...end.parts] } };
    const key = heldKey(this.plan.target);
    await this.deps.store.putStream(key, [end.body], this.plan.signal);
    return { bytes: end.bytes, pieces: { kind: 'held', key, crc32: end.crc32 } };
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  #named(error: unknown): unknown {
    if (!(error instanceof OutOfPartNumbers)) return error;
    const { target, segments, partSize } = this.plan;
    const { first, last } = partNumbers(target.segment, segments, target.attempt);
    const most = (last - first + 1) * partSize;
    const sentence = `Segment ${target.segment} of ${segments} is larger than the ${most} bytes that its plan has part numbers for.`;
    return new ServiceError('PLAN_OUTGROWN', sentence, {}, { cause: error });
  }
}

/** One temporary object of any size, in one stream: bytes go on as they come, and a slow store slows the reading down. */
class HeldSink implements SegmentSink {
  readonly #key: string;
  readonly #writer: WritableStreamDefaultWriter<Buffer>;
  readonly #stored: Promise<unknown>;
  readonly #seen = { bytes: 0, crc32: 0 };

  constructor({ store }: Deps, { target, signal }: SinkPlan) {
    this.#key = heldKey(target);
    const { readable, writable } = new TransformStream<Buffer, Buffer>();
    this.#writer = writable.getWriter();
    this.#stored = store.putStream(this.#key, readable, signal);
    // Reported by `write` or `finish`, whichever comes next.
    this.#stored.catch(() => undefined);
  }

  async write(bytes: Buffer): Promise<void> {
    this.#seen.bytes += bytes.length;
    this.#seen.crc32 = crc32(bytes, this.#seen.crc32);
    // Nobody reads the stream after the upload has failed.
    await Promise.race([this.#writer.ready, this.#stored]);
    // The bytes are valid only now, and the stream keeps them for longer.
    await this.#writer.write(Buffer.from(bytes));
  }

  async finish(): Promise<StoredSegment> {
    await Promise.all([this.#stored, this.#writer.close()]);
    return { bytes: this.#seen.bytes, pieces: { kind: 'held', key: this.#key, crc32: this.#seen.crc32 } };
  }

  async close(): Promise<void> {
    await this.#writer.abort(new Error('the segment was abandoned')).catch(() => undefined);
    await this.#stored.catch(() => undefined);
  }
}
