import { crc32 } from '@node-rs/crc32';
import { ServiceError } from '../shared/errors.js';
import type { FilePart, Piece } from '../shared/pieces.js';
import type { ActivityDeps } from './deps.js';

export interface NumberedPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly crc32: number;
}

/** A piece of the file, and where its bytes are: in parts already, in a temporary object, or here. */
export type JoinSource = { readonly piece: Piece } & (
  { readonly uploaded: readonly NumberedPart[] } | { readonly key: string } | { readonly bytes: Buffer }
);

interface JoinWork {
  readonly target: { readonly key: string; readonly uploadId: string };
  /** In the order of the file. */
  readonly sources: readonly JoinSource[];
  readonly parts: readonly FilePart[];
  readonly signal: AbortSignal;
}

/** Uploads the parts that are made of held and computed pieces, one at a time, and returns all parts in the order of the file. */
export async function uploadJoined(
  { store, buffers }: Pick<ActivityDeps, 'store' | 'buffers'>,
  { target, sources, parts, signal }: JoinWork,
): Promise<NumberedPart[]> {
  const uploaded = new Map(
    sources.flatMap((source) => ('uploaded' in source ? source.uploaded : [])).map((part) => [part.number, part]),
  );
  // Ranges of one piece follow each other, so that each held object is read once, from its beginning to its end.
  let reading: { piece: number; chunks: AsyncIterator<Buffer>; rest: Buffer } | null = null;
  const joined: NumberedPart[] = [];
  try {
    for (const part of parts) {
      signal.throwIfAborted();
      if (part.kind === 'new') joined.push(await upload(part));
      else {
        const known = uploaded.get(part.number);
        if (known === undefined) throw new ServiceError('INTERNAL', `Part ${part.number} is in no segment.`);
        joined.push(known);
      }
    }
  } finally {
    await stopReading();
  }
  return joined;

  async function upload({ number, size, from }: Extract<FilePart, { kind: 'new' }>): Promise<NumberedPart> {
    const buffer = buffers.take(size);
    try {
      let at = 0;
      for (const { piece, start, end } of from) {
        const source = sources[piece];
        if (source !== undefined && 'bytes' in source) {
          at += source.bytes.copy(buffer, at, start, end);
          continue;
        }
        for (let wanted = end - start; wanted > 0;) {
          const bytes = await nextBytes(piece, wanted);
          bytes.copy(buffer, at);
          at += bytes.length;
          wanted -= bytes.length;
        }
      }
      const body = buffer.subarray(0, size);
      const sum = crc32(body);
      const etag = await store.uploadPart(target, { partNumber: number, body, crc32: sum, signal });
      if (etag === null) throw new ServiceError('UPLOAD_LOST', 'The multipart upload is gone.');
      return { number, size, etag, crc32: sum };
    } finally {
      buffers.give(buffer);
    }
  }

  /** At most `wanted` bytes of a piece, going on where the last ones ended. */
  async function nextBytes(piece: number, wanted: number): Promise<Buffer> {
    if (reading?.piece !== piece) {
      await stopReading();
      const source = sources[piece];
      if (source === undefined || !('key' in source)) throw new ServiceError('INTERNAL', `Piece ${piece} is not held.`);
      reading = { piece, chunks: store.read(source.key), rest: Buffer.alloc(0) };
    }
    if (reading.rest.length === 0) {
      const next = await reading.chunks.next();
      if (next.done === true) throw new ServiceError('STORAGE_UNAVAILABLE', 'A temporary object ended too early.');
      reading.rest = next.value;
    }
    const taken = reading.rest.subarray(0, wanted);
    reading.rest = reading.rest.subarray(taken.length);
    return taken;
  }

  async function stopReading(): Promise<void> {
    const open = reading;
    reading = null;
    await open?.chunks.return?.();
  }
}
