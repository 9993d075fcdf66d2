import { crc32 } from '@node-rs/crc32';
import { allEnded } from '../../shared/all-ended.js';
import { ServiceError } from '../../shared/errors.js';
import type { FilePart, Piece, PieceRange } from '../../shared/plan/pieces.js';
import type { ActivityDeps } from '../deps.js';

export interface NumberedPart {
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  readonly crc32: number;
}

/** A piece of the file, and where its bytes are: in parts of the upload, in a temporary object, or in memory. */
export type JoinSource = { readonly piece: Piece } & (
  { readonly uploaded: readonly NumberedPart[] } | { readonly key: string } | { readonly bytes: Buffer }
);

type Deps = Pick<ActivityDeps, 'store' | 'buffers'>;

interface JoinWork {
  readonly target: { readonly key: string; readonly uploadId: string };
  /** In file order. */
  readonly sources: readonly JoinSource[];
  readonly parts: readonly FilePart[];
  readonly signal: AbortSignal;
}

/** A part may be made of hundreds of small pieces, and each request takes some milliseconds, however few its bytes. */
const READS_AT_ONCE = 8;

/**
 * Uploads the parts that are made of held and computed pieces, one at a time.
 * @returns all parts, in the order of the file
 */
export async function uploadJoined(deps: Deps, work: JoinWork): Promise<NumberedPart[]> {
  const uploaded = work.sources.flatMap((source) => ('uploaded' in source ? source.uploaded : []));
  const known = new Map(uploaded.map((part) => [part.number, part]));
  const joined: NumberedPart[] = [];
  for (const part of work.parts) {
    work.signal.throwIfAborted();
    joined.push(part.kind === 'new' ? await uploadNew(deps, work, part) : existing(known, part.number));
  }
  return joined;
}

function existing(known: ReadonlyMap<number, NumberedPart>, number: number): NumberedPart {
  const part = known.get(number);
  if (part === undefined) throw new ServiceError('INTERNAL', `Part ${number} is in no segment.`);
  return part;
}

async function uploadNew(
  { store, buffers }: Deps,
  { target, sources, signal }: JoinWork,
  { number, size, from }: Extract<FilePart, { kind: 'new' }>,
): Promise<NumberedPart> {
  const buffer = buffers.take(size);
  try {
    const body = buffer.subarray(0, size);
    await copyRanges(store, sources, from, body, signal);
    const sum = crc32(body);
    const etag = await store.uploadPart(target, { partNumber: number, body, crc32: sum, signal });
    if (etag === null) throw new ServiceError('UPLOAD_LOST', 'The multipart upload is gone.');
    return { number, size, etag, crc32: sum };
  } finally {
    buffers.give(buffer);
  }
}

/** Fills `body` with ranges of pieces, one after the other. When it ends, nothing writes into `body` any more. */
async function copyRanges(
  store: Deps['store'],
  sources: readonly JoinSource[],
  ranges: readonly PieceRange[],
  body: Buffer,
  signal: AbortSignal,
): Promise<void> {
  let at = 0;
  for (let first = 0; first < ranges.length; first += READS_AT_ONCE) {
    signal.throwIfAborted();
    const copies = ranges.slice(first, first + READS_AT_ONCE).map((range) => {
      const place = body.subarray(at, (at += range.end - range.start));
      return copyRange(store, sources[range.piece], range, place);
    });
    await allEnded(copies);
  }
}

async function copyRange(
  store: Deps['store'],
  source: JoinSource | undefined,
  { piece, start, end }: PieceRange,
  place: Buffer,
): Promise<void> {
  if (source === undefined || 'uploaded' in source) {
    throw new ServiceError('INTERNAL', `Piece ${piece} is not a temporary object.`);
  }
  if ('bytes' in source) {
    source.bytes.copy(place, 0, start, end);
    return;
  }
  if (place.length === 0) return;
  let copied = 0;
  for await (const bytes of store.read(source.key, { start, end })) copied += bytes.copy(place, copied);
  if (copied < place.length) {
    throw new ServiceError('STORAGE_UNAVAILABLE', 'A temporary object is shorter than expected.');
  }
}
