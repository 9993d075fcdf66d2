import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  MAX_PART_BYTES,
  MAX_PARTS,
  MIN_PART_BYTES as MIN,
  joinPieces,
  partNumbers,
  type FilePart,
  type Piece,
} from '../../../shared/plan/pieces.js';
import { anySize, buildPieces, file, type RawPiece, uploaded } from './any-pieces.js';

const MIB = 1024 ** 2;

const sizeOf = (piece: Piece): number =>
  piece.kind === 'uploaded' ? piece.parts.reduce((sum, { size }) => sum + size, 0) : piece.size;

const hold = (pieces: readonly Piece[], segments: readonly number[]): Piece[] =>
  pieces.map((piece) =>
    piece.kind === 'uploaded' && segments.includes(piece.segment)
      ? { kind: 'held', segment: piece.segment, size: sizeOf(piece) }
      : piece,
  );

/** Where the bytes of the file come from; adjacent ranges are merged. */
function sources(parts: readonly FilePart[]): string[] {
  const joined: string[] = [];
  let open: { piece: number; end: number } | undefined;
  for (const part of parts) {
    if (part.kind === 'uploaded') {
      joined.push(`part ${part.number} of segment ${part.segment}: ${part.size}`);
      open = undefined;
      continue;
    }
    assert.equal(
      part.from.reduce((sum, { start, end }) => sum + end - start, 0),
      part.size,
    );
    for (const { piece, start, end } of part.from) {
      assert.ok(start < end);
      if (open?.piece === piece && open.end === start) joined.pop();
      else assert.equal(start, 0);
      joined.push(`piece ${piece}: ${end}`);
      open = { piece, end };
    }
  }
  return joined;
}

function assertLegal(pieces: readonly Piece[], segments: number, parts: readonly FilePart[]): void {
  const finish = Array.from({ length: segments }, (_, index) => partNumbers(index, segments, 'finish'));
  assert.ok(parts.length >= 1);
  for (const [index, part] of parts.entries()) {
    assert.ok(part.number > (parts[index - 1]?.number ?? 0) && part.number <= MAX_PARTS, 'numbers ascend');
    assert.ok(part.size <= MAX_PART_BYTES);
    assert.ok(index === parts.length - 1 || part.size >= MIN, `part ${index} has ${part.size} bytes`);
    if (part.kind === 'new') assert.ok(finish.some(({ first, last }) => part.number >= first && part.number <= last));
  }
  assert.ok(parts.length === 1 || parts.every(({ size }) => size > 0), 'only an empty file has an empty part');
  const expected = pieces.flatMap((piece, index) => {
    if (piece.kind !== 'uploaded') return piece.size > 0 ? [`piece ${index}: ${piece.size}`] : [];
    return piece.parts.map(({ number, size }) => `part ${number} of segment ${piece.segment}: ${size}`);
  });
  assert.deepEqual(sources(parts), expected);
}

describe('pieces', () => {
  it('become valid parts with every byte once and in order, after at most one round of reruns', () => {
    fc.assert(
      fc.property(file, fc.constantFrom(MIN, 8 * MIN, 64 * MIN), (raw, usual) => {
        const { pieces, segments } = buildPieces(raw);
        let plan = joinPieces(pieces, segments, usual);
        let now = pieces;
        if ('rerun' in plan) {
          assert.ok(plan.rerun.length > 0);
          now = hold(pieces, plan.rerun);
          plan = joinPieces(now, segments, usual);
        }
        assert.ok('parts' in plan);
        assertLegal(now, segments, plan.parts);
      }),
      { numRuns: 3000 },
    );
  });

  it('are rerun in the cheapest set that makes the file valid', () => {
    fc.assert(
      fc.property(file, (raw) => {
        const { pieces, segments } = buildPieces(raw);
        const plan = joinPieces(pieces, segments);
        if ('parts' in plan) return;
        const movable = pieces.filter((piece) => piece.kind === 'uploaded');
        const { rerun } = plan;
        const bytes = (set: readonly number[]): number =>
          movable.filter((piece) => set.includes(piece.segment)).reduce((sum, piece) => sum + sizeOf(piece), 0);
        for (let mask = 0; mask < 1 << movable.length; mask += 1) {
          const set = movable.filter((_, index) => (mask >> index) & 1).map((piece) => piece.segment);
          if (bytes(set) < bytes(rerun))
            assert.ok('rerun' in joinPieces(hold(pieces, set), segments), `${set.join()} is cheaper`);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('need no rerun when all segments are large enough and only a tail follows', () => {
    fc.assert(
      fc.property(fc.array(uploaded, { minLength: 1, maxLength: 10 }), anySize, (segments, tail) => {
        const built = buildPieces([...segments, { kind: 'glue', size: tail }]);
        const plan = joinPieces(built.pieces, built.segments);
        assert.ok('parts' in plan);
        assertLegal(built.pieces, built.segments, plan.parts);
      }),
    );
  });

  it('need no rerun when the segment next to mid-file glue was held', () => {
    const built = buildPieces([
      { kind: 'uploaded', sizes: [16 * MIN], attempt: 1 },
      { kind: 'held', size: 3 * MIN },
      { kind: 'glue', size: 90 },
      { kind: 'uploaded', sizes: [16 * MIN], attempt: 2 },
      { kind: 'glue', size: 900 },
    ]);
    const plan = joinPieces(built.pieces, built.segments);
    assert.ok('parts' in plan);
    assert.deepEqual(
      plan.parts.map(({ kind, number, size }) => [kind, number, size]),
      [
        ['uploaded', 1, 16 * MIN],
        ['new', 2223, 3 * MIN + 90],
        ['uploaded', 2 * 3333 + 1111 + 1, 16 * MIN],
        ['new', 2 * 3333 + 2223, 900],
      ],
    );
  });

  it('need no rerun when exactly 5 MiB are between two uploaded segments', () => {
    const large: RawPiece = { kind: 'uploaded', sizes: [16 * MIN], attempt: 1 };
    const { pieces, segments } = buildPieces([large, { kind: 'glue', size: MIN }, large]);
    assert.ok('parts' in joinPieces(pieces, segments));
    assert.deepEqual(joinPieces(buildPieces([large, { kind: 'glue', size: MIN - 1 }, large]).pieces, segments), {
      rerun: [0],
    });
  });

  it('become one empty part if the file is empty', () => {
    assert.deepEqual(joinPieces([{ kind: 'held', segment: 0, size: 0 }], 1), {
      parts: [{ kind: 'new', number: 6667, size: 0, from: [] }],
    });
  });

  it('become parts of about equal size, none smaller than usual', () => {
    const sizes = (size: number, segments = 1, usual?: number): number[] => {
      const plan = joinPieces([{ kind: 'held', segment: 0, size }], segments, usual);
      assert.ok('parts' in plan);
      return plan.parts.map((part) => part.size);
    };
    assert.deepEqual(sizes(8 * MIB - 1), [8 * MIB - 1]);
    assert.deepEqual(sizes(16 * MIB), [8 * MIB, 8 * MIB]);
    assert.deepEqual(sizes(24 * MIB - 1), [12 * MIB - 1, 12 * MIB]);
    assert.deepEqual(sizes(30 * MIB, 1, 10 * MIB), [10 * MIB, 10 * MIB, 10 * MIB]);
    assert.equal(sizes(6 * 1024 * MIB).length, 768);
    assert.deepEqual(sizes(10 * MIB, 1, 1), [5 * MIB, 5 * MIB], 'S3 accepts no smaller part');
  });

  /** With 3,333 segments, the finish has a single part number for each. */
  const crowded = (size: number) =>
    joinPieces(
      [
        { kind: 'held', segment: 0, size },
        { kind: 'uploaded', segment: 1, parts: [{ number: 4, size: MIN }] },
      ],
      3333,
    );

  it('become one large part if only one part number is left', () => {
    const plan = crowded(MAX_PART_BYTES);
    assert.ok('parts' in plan);
    assert.deepEqual(plan.parts, [
      { kind: 'new', number: 3, size: MAX_PART_BYTES, from: [{ piece: 0, start: 0, end: MAX_PART_BYTES }] },
      { kind: 'uploaded', number: 4, size: MIN, segment: 1 },
    ]);
  });

  it('too large for any valid part are an error', () => {
    assert.throws(
      () => crowded(MAX_PART_BYTES + 1),
      new RangeError(`${MAX_PART_BYTES + 1} bytes are too many for 1 parts.`),
    );
  });

  it('with numbers out of order are an error', () => {
    const parts = [{ number: 5, size: MIN }];
    assert.throws(
      () =>
        joinPieces(
          [
            { kind: 'uploaded', segment: 0, parts },
            { kind: 'uploaded', segment: 1, parts },
          ],
          2,
        ),
      new RangeError('Part 5 cannot follow part 5.'),
    );
  });
});
