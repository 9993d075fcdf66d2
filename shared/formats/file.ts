import type { Warning } from '../contract.js';
import { DeflateEncoder } from './deflate.js';
import {
  NOTHING,
  type Emit,
  type FileOutline,
  type Format,
  type FormatOptions,
  type FormatResources,
  type Misplaced,
  type SegmentEncoder,
  type SegmentPlace,
  type WrittenSegment,
} from './format.js';
import { GZIP_HEADER, gzipTail } from './gzip.js';
import { joinArchive, streamedHeader, type Joint, type ZipMember } from './zip.js';

/** A format together with what is done to all of them: heads where members open, compression around everything. */

const isGzip = ({ compression }: FormatOptions): boolean => compression === 'gzip';

export interface FileKind {
  /** Without a dot before it: `csv`, `json.gz`. */
  readonly extension: string;
  readonly mediaType: string;
}

export function fileKind({ extension, mediaType }: Format, options: FormatOptions): FileKind {
  return isGzip(options) ? { extension: `${extension}.gz`, mediaType: 'application/gzip' } : { extension, mediaType };
}

/** What an export's bytes are made of, as its plan has frozen it. */
export interface FileSpec {
  readonly format: Format;
  /** By the number that places call `file`. */
  readonly outlines: readonly FileOutline[];
}

function outlineOf({ outlines }: FileSpec, { file }: Pick<SegmentPlace, 'file'>): FileOutline {
  const outline = outlines[file];
  if (outline === undefined) throw new RangeError(`The plan has no file ${file}.`);
  return outline;
}

/** Encodes one segment of a file, with what opens the file or its member where it is the first. */
export function openSegment(spec: FileSpec, place: SegmentPlace, resources: FormatResources): SegmentEncoder {
  const { format } = spec;
  const outline = outlineOf(spec, place);
  const opens = place.opens === 1;
  const plain = withHead(format.createEncoder(place, outline, resources), opens ? format.head(outline) : NOTHING);
  const isFirst = opens && place.member === 0;
  if (format.archive !== undefined) {
    const { archive } = format;
    const header = streamedHeader(archive.memberName(place.member), outline.about.plannedAt, false);
    return new DeflateEncoder(plain, isFirst ? header : NOTHING, archive.level(outline.options));
  }
  return isGzip(outline.options) ? new DeflateEncoder(plain, isFirst ? GZIP_HEADER : NOTHING) : plain;
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

/** What the finish puts between and behind the segments. @param segments all of them, in order */
export function joinFile(spec: FileSpec, segments: readonly WrittenSegment[], resources: FormatResources): Joint {
  const { format } = spec;
  const outline = outlineOf(spec, { file: 0 });
  const { archive } = format;
  if (archive !== undefined) {
    const groups = by(segments, ({ place }) => place.member);
    const members = groups.map((group, member): ZipMember => {
      const name = archive.memberName(member);
      return { name, segments: group, tail: format.tail(outline, group, resources), wide: false };
    });
    return joinArchive(members, archive.files(outline, groups), outline.about.plannedAt);
  }
  const tail = format.tail(outline, segments, resources);
  return { glue: new Map(), tail: isGzip(outline.options) ? gzipTail(tail, segments) : tail };
}

/** Segments that came out other than planned. @throws ServiceError PLAN_OUTGROWN */
export const misplaced = ({ format }: FileSpec, segments: readonly WrittenSegment[]): Misplaced[] =>
  by(segments, ({ place }) => place.file).flatMap((group) => format.misplaced?.(group) ?? []);

/** What the file could not keep. */
export const warningsOf = ({ format }: FileSpec, segments: readonly WrittenSegment[]): Warning[] =>
  format.warnings?.(segments) ?? [];

/** In the order of their numbers, from 0. */
function by(segments: readonly WrittenSegment[], number: (segment: WrittenSegment) => number): WrittenSegment[][] {
  const groups: WrittenSegment[][] = [];
  for (const segment of segments) (groups[number(segment)] ??= []).push(segment);
  return groups;
}
