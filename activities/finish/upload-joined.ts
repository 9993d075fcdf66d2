import { crc32 } from '@node-rs/crc32';
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

/**
 * Uploads the parts that are made of held and computed pieces, one at a time.
 * @returns all parts, in the order of the file
 */
export async function uploadJoined(deps: Deps, work: JoinWork): Promise<NumberedPart[]> {
  const uploaded = work.sources.flatMap((source) => ('uploaded' in source ? source.uploaded : []));
  const known = new Map(uploaded.map((part) => [part.number, part]));
  const reader = new PieceReader(deps.store, work.sources);
  const joined: NumberedPart[] = [];
  try {
    for (const part of work.parts) {
      work.signal.throwIfAborted();
      joined.push(part.kind === 'new' ? await uploadNew(deps, work, part, reader) : existing(known, part.number));
    }
  } finally {
    await reader.close();
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
  { target, signal }: JoinWork,
  { number, size, from }: Extract<FilePart, { kind: 'new' }>,
  reader: PieceReader,
): Promise<NumberedPart> {
  const buffer = buffers.take(size);
  try {
    let at = 0;
    for (const range of from) at += await reader.copy(range, buffer, at);
    const body = buffer.subarray(0, size);
    const sum = crc32(body);
    const etag = await store.uploadPart(target, { partNumber: number, body, crc32: sum, signal });
    if (etag === null) throw new ServiceError('UPLOAD_LOST', 'The multipart upload is gone.');
    return { number, size, etag, crc32: sum };
  } finally {
    buffers.give(buffer);
  }
}

/** Reads pieces in the order of the file, so that each temporary object is read once, from its beginning to its end. */
class PieceReader {
  private open: { readonly piece: number; readonly chunks: AsyncIterator<Buffer>; rest: Buffer } | null = null;

  constructor(
    private readonly store: ActivityDeps['store'],
    private readonly sources: readonly JoinSource[],
  ) {}

  /**
   * Copies a range of a piece. Ranges of one temporary object must follow each other.
   * @returns how many bytes
   */
  async copy({ piece, start, end }: PieceRange, buffer: Buffer, at: number): Promise<number> {
    const source = this.sources[piece];
    if (source !== undefined && 'bytes' in source) return source.bytes.copy(buffer, at, start, end);
    const size = end - start;
    for (let copied = 0; copied < size;) {
      const bytes = await this.next(piece, size - copied);
      copied += bytes.copy(buffer, at + copied);
    }
    return size;
  }

  async close(): Promise<void> {
    const { open } = this;
    this.open = null;
    await open?.chunks.return?.();
  }

  /** Reads at most `wanted` more bytes of a piece. */
  private async next(piece: number, wanted: number): Promise<Buffer> {
    const reading = this.open?.piece === piece ? this.open : await this.begin(piece);
    if (reading.rest.length === 0) {
      const next = await reading.chunks.next();
      if (next.done === true)
        throw new ServiceError('STORAGE_UNAVAILABLE', 'A temporary object is shorter than expected.');
      reading.rest = next.value;
    }
    const taken = reading.rest.subarray(0, wanted);
    reading.rest = reading.rest.subarray(taken.length);
    return taken;
  }

  private async begin(piece: number) {
    await this.close();
    const source = this.sources[piece];
    if (source === undefined || !('key' in source))
      throw new ServiceError('INTERNAL', `Piece ${piece} is not a temporary object.`);
    return (this.open = { piece, chunks: this.store.read(source.key), rest: Buffer.alloc(0) });
  }
}
