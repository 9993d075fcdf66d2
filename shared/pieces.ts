/**
 * How the pieces of a file become a legal multipart upload. S3 wants every part but the last to be at least 5 MiB,
 * numbered 1 to 10,000 in the order of the file. Pure: sizes and numbers in, numbers and ranges out.
 */

const MIB = 1024 * 1024;
export const MIN_PART_BYTES = 5 * MIB;
export const MAX_PART_BYTES = 5 * 1024 * MIB;
export const MAX_PARTS = 10_000;
const USUAL_PART_BYTES = 16 * MIB;
/** Odd attempts, even attempts, finish: an attempt that is late cannot write over its successor, nor over the finish. */
const LANES = 3;

export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** The part numbers of one segment's attempt, or those that the finish may use from that segment on. */
export function partNumbers(segment: number, segments: number, attempt: number | 'finish'): NumberRange {
  const each = Math.floor(MAX_PARTS / segments);
  const lane = Math.floor(each / LANES);
  const place = attempt === 'finish' ? 2 : attempt % 2 === 1 ? 0 : 1;
  const first = segment * each + place * lane + 1;
  return { first, last: first + lane - 1 };
}

/** Bytes of a part, so that a segment that is a quarter larger than planned still has numbers enough. */
export function partSize(plannedSegmentBytes: number, segments: number): number {
  const lane = Math.floor(Math.floor(MAX_PARTS / segments) / LANES);
  return Math.max(USUAL_PART_BYTES, Math.ceil((plannedSegmentBytes * 1.25) / lane));
}

export type Piece =
  /** In the upload already; its bytes can be neither read nor moved. */
  | { readonly kind: 'uploaded'; readonly segment: number; readonly parts: readonly { number: number; size: number }[] }
  /** In a temporary object, of any size. */
  | { readonly kind: 'held'; readonly segment: number; readonly size: number }
  /** Made by the finish itself. */
  | { readonly kind: 'glue'; readonly size: number };

export interface PieceRange {
  /** Index into the pieces. */
  readonly piece: number;
  /** Bytes: from inclusive, to exclusive. */
  readonly start: number;
  readonly end: number;
}

export type FilePart =
  | { readonly kind: 'uploaded'; readonly segment: number; readonly number: number; readonly size: number }
  | { readonly kind: 'new'; readonly number: number; readonly size: number; readonly from: readonly PieceRange[] };

/** Segments to run again as held, or the parts of the file in order. */
export type JoinPlan = { readonly rerun: readonly number[] } | { readonly parts: readonly FilePart[] };

/** Movable pieces between two uploaded segments, and the numbers that are free for them. */
interface Run {
  readonly pieces: number[];
  readonly numbers: number[];
  total: number;
}

type Uploaded = Extract<Piece, { kind: 'uploaded' }>;

/**
 * @param pieces in the order of the file, each segment once
 * @param segments of the plan
 */
export function joinPieces(pieces: readonly Piece[], segments: number): JoinPlan {
  const { uploaded, runs } = split(pieces, segments);
  const rerun = smallerNeighbours(uploaded, runs);
  if (rerun.length > 0) return { rerun };

  const parts = runs.flatMap((run, index): FilePart[] => {
    const after = uploaded[index];
    return [
      ...fillParts(run, pieces),
      ...(after?.parts ?? []).map(({ number, size }): FilePart => {
        return { kind: 'uploaded', segment: after?.segment ?? 0, number, size };
      }),
    ];
  });
  // An upload needs a part, even if it is empty.
  return { parts: parts.length > 0 ? parts : [{ kind: 'new', number: 1, size: 0, from: [] }] };
}

function split(pieces: readonly Piece[], segments: number): { uploaded: Uploaded[]; runs: Run[] } {
  const uploaded: Uploaded[] = [];
  let run: Run = { pieces: [], numbers: [], total: 0 };
  const runs = [run];
  const lend = (segment: number): void => {
    const { first, last } = partNumbers(segment, segments, 'finish');
    for (let number = first; number <= last; number++) run.numbers.push(number);
  };
  pieces.forEach((piece, index) => {
    if (piece.kind === 'uploaded') {
      uploaded.push(piece);
      run = { pieces: [], numbers: [], total: 0 };
      runs.push(run);
      lend(piece.segment);
      return;
    }
    if (piece.kind === 'held') lend(piece.segment);
    if (piece.size > 0) run.pieces.push(index);
    run.total += piece.size;
  });
  return { uploaded, runs };
}

/** Too little for a part that is not the last: the smaller segment beside it must be held, too. */
function smallerNeighbours(uploaded: readonly Uploaded[], runs: readonly Run[]): number[] {
  const sizeOf = ({ parts }: Uploaded): number => parts.reduce((sum, { size }) => sum + size, 0);
  const chosen = new Set<number>();
  runs.forEach(({ total, numbers }, index) => {
    const isLast = index === uploaded.length;
    const tooSmall = !isLast && total < MIN_PART_BYTES;
    const tooLarge = total > numbers.length * MAX_PART_BYTES;
    if (total === 0 || (!tooSmall && !tooLarge)) return;
    const neighbours = [uploaded[index - 1], uploaded[index]].filter((piece) => piece !== undefined);
    if (neighbours.some(({ segment }) => chosen.has(segment))) return;
    const [smaller] = neighbours.sort((a, b) => sizeOf(a) - sizeOf(b));
    if (smaller !== undefined) chosen.add(smaller.segment);
  });
  return [...chosen];
}

/** Even parts of at least the usual size; the last takes the rest. */
function fillParts({ pieces: indexes, numbers, total }: Run, pieces: readonly Piece[]): FilePart[] {
  if (total === 0) return [];
  const count = Math.max(1, Math.min(numbers.length, Math.floor(total / USUAL_PART_BYTES)));
  const each = Math.floor(total / count);
  const queue = indexes.map((piece) => ({ piece, start: 0, left: sizeOfMovable(pieces[piece]) }));
  return Array.from({ length: count }, (_, part): FilePart => {
    const size = part === count - 1 ? total - each * (count - 1) : each;
    const from: PieceRange[] = [];
    for (let wanted = size; wanted > 0;) {
      const next = queue[0];
      if (next === undefined) throw new RangeError('the pieces are shorter than their sum');
      const taken = Math.min(wanted, next.left);
      from.push({ piece: next.piece, start: next.start, end: next.start + taken });
      next.start += taken;
      next.left -= taken;
      wanted -= taken;
      if (next.left === 0) queue.shift();
    }
    return { kind: 'new', number: numbers[part] ?? 1, size, from };
  });
}

const sizeOfMovable = (piece: Piece | undefined): number =>
  piece === undefined || piece.kind === 'uploaded' ? 0 : piece.size;
