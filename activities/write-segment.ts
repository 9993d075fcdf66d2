import { crc32 } from '@node-rs/crc32';
import { temporaryPrefix, type SegmentMode } from '../shared/contract.js';
import { ServiceError } from '../shared/errors.js';
import { OutOfPartNumbers, PartWriter } from '../shared/store/part-writer.js';
import type { SegmentPieces } from '../shared/job/plan-store.js';
import { partNumbers } from '../shared/plan/pieces.js';
import type { ActivityDeps } from './deps.js';

/** Takes bytes that are valid only during the call. */
export type UseBytes = (bytes: Buffer) => Promise<void> | void;

export interface SegmentTarget {
  readonly jobId: string;
  readonly generation: number;
  readonly segment: number;
  readonly attempt: number;
  readonly key: string;
  readonly uploadId: string;
}

export interface SegmentWork {
  readonly target: SegmentTarget;
  /** Segments of the plan: they share S3's part numbers. */
  readonly segments: number;
  /** Bytes. */
  readonly partSize: number;
  readonly mode: SegmentMode;
  readonly signal: AbortSignal;
  /** Gives every byte of the segment, in order. */
  readonly read: (use: UseBytes) => Promise<void>;
}

export interface StoredSegment {
  readonly bytes: number;
  readonly pieces: SegmentPieces;
}

type Deps = Pick<ActivityDeps, 'store' | 'buffers'>;

/** Each attempt has a name of its own: a late one cannot write over what a later one has committed. */
const heldKey = ({ jobId, generation, segment, attempt }: SegmentTarget): string =>
  `${temporaryPrefix(jobId)}${generation}-${segment}-${attempt}`;

/**
 * Writes one segment into parts of the upload or, when it is too small for a part or must be joined with glue, into a
 * temporary object.
 * @throws ServiceError PLAN_OUTGROWN when its part numbers do not suffice, UPLOAD_LOST when the upload is gone
 */
export async function writeSegment(deps: Deps, work: SegmentWork): Promise<StoredSegment> {
  return work.mode === 'held' ? writeHeld(deps, work) : writeParts(deps, work);
}

async function writeParts({ store, buffers }: Deps, work: SegmentWork): Promise<StoredSegment> {
  const { target, segments, partSize, signal, read } = work;
  const numbers = partNumbers(target.segment, segments, target.attempt);
  const writer = new PartWriter({
    store: {
      async uploadPart(part) {
        const etag = await store.uploadPart(target, part);
        if (etag === null) throw new ServiceError('UPLOAD_LOST', 'The multipart upload is gone.');
        return { etag };
      },
    },
    numbers,
    partSize,
    buffers,
    signal,
  });
  try {
    await read((bytes) => writer.write(bytes));
    const end = await writer.finish();
    if (end.kind === 'uploaded') return { bytes: end.bytes, pieces: { kind: 'parts', parts: [...end.parts] } };
    const key = heldKey(target);
    await store.putStream(key, [end.body], signal);
    return { bytes: end.bytes, pieces: { kind: 'held', key, crc32: end.crc32 } };
  } catch (error) {
    if (!(error instanceof OutOfPartNumbers)) throw error;
    const { first, last } = numbers;
    throw new ServiceError(
      'PLAN_OUTGROWN',
      `Segment ${target.segment} of ${segments} is larger than ${(last - first + 1) * partSize} bytes, for which its plan has part numbers.`,
      {},
      { cause: error },
    );
  } finally {
    await writer.close();
  }
}

/** Of any size, in one stream: bytes go on as they come, and a slow store slows the reading down. */
async function writeHeld({ store }: Deps, { target, signal, read }: SegmentWork): Promise<StoredSegment> {
  const key = heldKey(target);
  const seen = { bytes: 0, crc32: 0 };
  const { readable, writable } = new TransformStream<Buffer, Buffer>();
  const writer = writable.getWriter();
  const reading = read(async (bytes) => {
    seen.bytes += bytes.length;
    seen.crc32 = crc32(bytes, seen.crc32);
    await writer.ready;
    // The bytes are valid only now, and the stream keeps them for longer.
    await writer.write(Buffer.from(bytes));
  }).then(
    () => writer.close(),
    async (error: unknown) => {
      await writer.abort(error);
      throw error;
    },
  );
  const [readResult, stored] = await Promise.allSettled([reading, store.putStream(key, readable, signal)]);
  if (readResult.status === 'rejected') throw readResult.reason;
  if (stored.status === 'rejected') throw stored.reason;
  return { bytes: seen.bytes, pieces: { kind: 'held', key, crc32: seen.crc32 } };
}
