import {
  NOTHING,
  type Emit,
  type FileOutline,
  type Format,
  type FormatOptions,
  type SegmentEncoder,
  type SegmentPlace,
  type SegmentSummary,
} from './format.js';
import { GZIP_HEADER, GzipEncoder, gzipTail } from './gzip.js';

/** A format together with what is done to all of them: the head in the first segment, compression around everything. */

const isGzip = ({ compression }: FormatOptions): boolean => compression === 'gzip';

export interface FileKind {
  /** Without a dot before it: `csv`, `json.gz`. */
  readonly extension: string;
  readonly mediaType: string;
}

export function fileKind({ extension, mediaType }: Format, options: FormatOptions): FileKind {
  return isGzip(options) ? { extension: `${extension}.gz`, mediaType: 'application/gzip' } : { extension, mediaType };
}

/** Encodes one segment of a file, the head with it where it opens the file. */
export function openSegment(format: Format, outline: FileOutline, place: SegmentPlace): SegmentEncoder {
  const head = place.opens ? format.head(outline) : NOTHING;
  const encoder = withHead(format.createEncoder(place, outline.options), head);
  return isGzip(outline.options) ? new GzipEncoder(encoder, place.opens ? GZIP_HEADER : NOTHING) : encoder;
}

function withHead(encoder: SegmentEncoder, head: Buffer): SegmentEncoder {
  if (head.length === 0) return encoder;
  let isWritten = false;
  const begin = async (emit: Emit): Promise<void> => {
    if (isWritten) return;
    isWritten = true;
    await emit(head);
  };
  return {
    write: (rows, emit) => (isWritten ? encoder.write(rows, emit) : begin(emit).then(() => encoder.write(rows, emit))),
    end: async (emit) => {
      await begin(emit);
      return encoder.end(emit);
    },
  };
}

/** What follows the segments. @param summaries of all segments, in order */
export function fileTail(format: Format, outline: FileOutline, summaries: readonly SegmentSummary[]): Buffer {
  const tail = format.tail(outline);
  return isGzip(outline.options) ? gzipTail(tail, summaries) : tail;
}
