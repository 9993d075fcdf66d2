import { MAX_PART_BYTES, MIN_PART_BYTES, USUAL_PART_BYTES, partNumbers } from './part-numbers.js';
import { cheapestRerun } from './cheapest-rerun.js';

export { MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES, partNumbers, partSize, type NumberRange } from './part-numbers.js';

/** The bytes of a head, a segment, glue or a tail. Sizes in bytes. */
export type Piece = UploadedPiece | HeldPiece | GluePiece;

/**
 * One or more parts of the upload, whose bytes can be neither read nor moved. Each has at least MIN_PART_BYTES bytes.
 */
export interface UploadedPiece {
  readonly kind: 'uploaded';
  readonly segment: number;
  readonly parts: readonly { readonly number: number; readonly size: number }[];
}

/** A segment in a temporary object. */
export interface HeldPiece {
  readonly kind: 'held';
  readonly segment: number;
  readonly size: number;
}

/** Bytes that the finish step computes. */
export interface GluePiece {
  readonly kind: 'glue';
  readonly size: number;
}

/** A part to list on completion: an uploaded one, or one to create from held pieces and glue. */
export type FilePart =
  | { readonly kind: 'uploaded'; readonly number: number; readonly size: number; readonly segment: number }
  | { readonly kind: 'new'; readonly number: number; readonly size: number; readonly from: readonly PieceRange[] };

/** Bytes `start` to `end` (exclusive) of the piece with index `piece` in the input list. */
export interface PieceRange {
  readonly piece: number;
  readonly start: number;
  readonly end: number;
}

/** Segments to run again as held, or the file's parts in order. */
export type JoinPlan = { readonly rerun: readonly number[] } | { readonly parts: readonly FilePart[] };

interface Movable {
  readonly piece: number;
  readonly size: number;
}

/** The bytes between two uploaded pieces, before the first, or after the last. */
interface Run {
  readonly pieces: Movable[];
  readonly size: number;
  /** Free part numbers between the neighbors' numbers, ascending: those of the finish, which no attempt ever uses. */
  readonly numbers: readonly number[];
  readonly last: boolean;
}

/**
 * Turns the pieces of a file into the parts of its multipart upload: each byte once, in order, every part but the last
 * at least MIN_PART_BYTES.
 *
 * Uploaded pieces cannot grow. If the bytes between two of them are too few for a part, or have no free part number,
 * one of the two must be encoded again as a held piece. The result is then `rerun`, with the segments that cost the
 * fewest bytes; once these are held, the next result is `parts`.
 * @param pieces in file order; an uploaded segment and a held one must not have the same number
 * @param segments how many the export was planned with
 * @param usual size of a created part in bytes, as far as the numbers allow
 * @throws RangeError if uploaded parts are not numbered by {@link partNumbers}, or a run is too long for its numbers
 */
export function joinPieces(pieces: readonly Piece[], segments: number, usual = USUAL_PART_BYTES): JoinPlan {
  const uploaded = pieces.filter((piece) => piece.kind === 'uploaded');
  const runs = runsBetween(pieces, uploaded, segments);
  const weights = uploaded.map(({ segment, parts }) => ({ segment, bytes: sum(parts) }));
  const rerun = cheapestRerun(weights, runs.map(isStuck));
  if (rerun.length > 0) return { rerun };

  const parts = runs.flatMap((run, index) => [...partsOfRun(run, usual), ...existing(uploaded[index])]);
  // S3 can't complete an upload without parts, but accepts one empty part.
  if (parts.length === 0)
    parts.push({ kind: 'new', number: partNumbers(0, segments, 'finish').first, size: 0, from: [] });
  let highest = 0;
  for (const { number } of parts) {
    if (number <= highest) throw new RangeError(`Part ${number} cannot follow part ${highest}.`);
    highest = number;
  }
  return { parts };
}

/** Returns one run more than there are uploaded pieces: `runs[i]` comes before `uploaded[i]`. */
function runsBetween(pieces: readonly Piece[], uploaded: readonly UploadedPiece[], segments: number): Run[] {
  let open: Movable[] = [];
  const movable = [open];
  for (const [index, piece] of pieces.entries()) {
    switch (piece.kind) {
      case 'uploaded':
        open = [];
        movable.push(open);
        break;
      case 'held':
      case 'glue':
        open.push({ piece: index, size: piece.size });
        break;
    }
  }
  return movable.map((run, index) => {
    const from = uploaded[index - 1]?.segment ?? 0;
    const until = uploaded[index]?.segment ?? segments;
    const numbers: number[] = [];
    for (let segment = from; segment < until; segment += 1) {
      const { first, last } = partNumbers(segment, segments, 'finish');
      for (let number = first; number <= last; number += 1) numbers.push(number);
    }
    return { pieces: run, size: sum(run), numbers, last: index === uploaded.length };
  });
}

function isStuck({ size, numbers, last }: Run): boolean {
  return size > 0 && (numbers.length === 0 || (size < MIN_PART_BYTES && !last));
}

/** Equal parts of at least `usual` bytes, the last with the remainder; a shorter run is a single part. */
function partsOfRun({ pieces, size, numbers }: Run, usual: number): FilePart[] {
  if (size === 0) return [];
  const count = Math.max(1, Math.min(numbers.length, Math.floor(size / Math.max(usual, MIN_PART_BYTES))));
  const each = Math.floor(size / count);
  if (size - each * (count - 1) > MAX_PART_BYTES)
    throw new RangeError(`${size} bytes are too many for ${count} parts.`);
  return numbers.slice(0, count).map((number, index) => {
    const start = index * each;
    const end = index === count - 1 ? size : start + each;
    return { kind: 'new', number, size: end - start, from: slices(pieces, start, end) };
  });
}

/** Bytes `start` to `end` of a run, as slices of its pieces. */
function slices(pieces: readonly Movable[], start: number, end: number): PieceRange[] {
  const found: PieceRange[] = [];
  let offset = 0;
  for (const { piece, size } of pieces) {
    const slice = { piece, start: Math.max(0, start - offset), end: Math.min(size, end - offset) };
    if (slice.start < slice.end) found.push(slice);
    offset += size;
  }
  return found;
}

function existing(piece: UploadedPiece | undefined): FilePart[] {
  if (piece === undefined) return [];
  return piece.parts.map(({ number, size }) => ({ kind: 'uploaded', number, size, segment: piece.segment }));
}

function sum(sized: readonly { readonly size: number }[]): number {
  return sized.reduce((total, { size }) => total + size, 0);
}
