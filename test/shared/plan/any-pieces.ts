import fc from 'fast-check';
import { MIN_PART_BYTES as MIN, partNumbers, type Piece } from '../../../shared/plan/pieces.js';

export const anySize = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 4000 }),
  fc.constantFrom(MIN - 1, MIN, MIN + 1, 7 * MIN),
  fc.integer({ min: 1, max: 100 * MIN }),
);
const partSizes = fc.array(fc.integer({ min: MIN, max: 8 * MIN }), { minLength: 1, maxLength: 4 });
const glue = fc.record({
  kind: fc.constant('glue' as const),
  size: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6000 }), fc.constantFrom(MIN, 2 * MIN)),
});
const held = fc.record({ kind: fc.constant('held' as const), size: anySize });
export const uploaded = fc.record({
  kind: fc.constant('uploaded' as const),
  sizes: partSizes,
  attempt: fc.integer({ min: 1, max: 9 }),
});
const segment = fc.oneof({ weight: 3, arbitrary: uploaded }, { weight: 2, arbitrary: held });
/** Any file: segments and glue mixed, possibly starting with glue. */
export const file = fc.array(fc.oneof({ weight: 5, arbitrary: segment }, { weight: 2, arbitrary: glue }), {
  maxLength: 12,
  size: 'max',
});

export type RawPiece = typeof file extends fc.Arbitrary<(infer T)[]> ? T : never;

export function buildPieces(raw: readonly RawPiece[]): { pieces: Piece[]; segments: number } {
  const segments = Math.max(1, raw.filter(({ kind }) => kind !== 'glue').length);
  let next = 0;
  const pieces = raw.map((piece): Piece => {
    switch (piece.kind) {
      case 'glue':
        return piece;
      case 'held':
        return { ...piece, segment: next++ };
      case 'uploaded': {
        const { first } = partNumbers(next, segments, piece.attempt);
        const parts = piece.sizes.map((size, index) => ({ number: first + index, size }));
        return { kind: 'uploaded', segment: next++, parts };
      }
    }
  });
  return { pieces, segments };
}
