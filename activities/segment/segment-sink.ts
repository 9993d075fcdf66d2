import { crc32 } from '@node-rs/crc32';
import { heldPrefix } from '../../shared/store/keys.js';
import type { SegmentMode } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import type { SegmentPieces } from '../../shared/job/plan-schema.js';
import { partNumbers } from '../../shared/plan/pieces.js';
import { OutOfPartNumbers, PartWriter } from '../../shared/store/part-writer.js';
import type { ActivityDeps } from '../deps.js';

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
  /** How many segments share S3's part numbers. */
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

/** Takes the bytes of one segment. The owner must always `close` it. */
export interface SegmentSink {
  /**
   * @param bytes used only until the promise settles
   * @throws ServiceError PLAN_OUTGROWN if there are too few part numbers, UPLOAD_LOST if the upload is gone
   */
  write(bytes: Buffer): Promise<void> | void;
  /** Ends the segment. Everything is stored when it resolves. @throws the errors of `write` */
  finish(): Promise<StoredSegment>;
  /** Stops anything that is still running. */
  close(): Promise<void>;
}

type Deps = Pick<ActivityDeps, 'store' | 'buffers'>;

/** Creates a sink that writes parts of the upload or, if the segment must be joined with glue, a temporary object. */
export const openSink = (deps: Deps, plan: SinkPlan): SegmentSink =>
  plan.mode === 'held' ? new HeldSink(deps, plan) : new PartsSink(deps, plan);

/** Each attempt has its own name, so that a late one can't overwrite what a later one has committed. */
const heldKey = ({ jobId, generation, segment, attempt }: SegmentTarget): string =>
  `${heldPrefix(jobId, generation)}${segment}-${attempt}`;

/** Writes parts of the upload, or a temporary object if the segment turns out to be smaller than a part. */
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

/** Writes one temporary object of any size as a stream. A slow store slows down the reader. */
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
    // After a failed upload, the stream has no reader.
    await Promise.race([this.#writer.ready, this.#stored]);
    // Copy: the bytes are valid only until the next call, but the stream keeps them for longer.
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
