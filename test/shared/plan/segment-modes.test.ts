import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinPieces, partNumbers, type Piece } from '../../../shared/plan/pieces.js';
import { segmentModes } from '../../../shared/plan/segment-modes.js';

const MIB = 1024 ** 2;
const modes = (...members: readonly (readonly number[])[]) =>
  segmentModes(members.flatMap((sizes, member) => sizes.map((mib) => ({ member, bytes: mib * MIB }))));

describe('segments held back for joining', () => {
  it('do not occur in a file with a single member', () => {
    assert.deepEqual(modes([16, 16, 2]), ['parts', 'parts', 'parts']);
    assert.deepEqual(modes([0]), ['parts']);
  });

  it("are the smaller ones on either side of a member's end", () => {
    assert.deepEqual(modes([16, 12], [16, 16]), ['parts', 'held', 'parts', 'parts']);
    assert.deepEqual(modes([16, 16], [12, 16]), ['parts', 'parts', 'held', 'parts']);
    assert.deepEqual(modes([16], [8], [16]), ['parts', 'held', 'parts']);
  });

  it('include a neighbor of a member that is too small for a part', () => {
    assert.deepEqual(modes([16], [0], [12, 16]), ['parts', 'parts', 'held', 'parts']);
    assert.deepEqual(modes([16, 16], [1]), ['parts', 'parts', 'parts']);
  });

  it('have at least 5 MiB; smaller segments become temporary objects anyway', () => {
    assert.deepEqual(modes([16], [5 - 1 / MIB], [16]), ['parts', 'parts', 'parts']);
    assert.deepEqual(modes([16], [5], [16]), ['parts', 'held', 'parts']);
  });

  it('leave nothing to rerun at the finish if all segments have their planned size', () => {
    const segment = fc.record({ opens: fc.boolean(), bytes: fc.integer({ min: 0, max: 20 * MIB }) });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 60 }), (drawn) => {
        let member = -1;
        const segments = drawn.map(({ opens, bytes }, index) => {
          if (opens || index === 0) member += 1;
          return { member, bytes };
        });
        const chosen = segmentModes(segments);
        const pieces = segments.flatMap(({ bytes, member: of }, index): Piece[] => {
          const isHeld = chosen[index] === 'held' || bytes < 5 * MIB;
          const { first: number } = partNumbers(index, segments.length, 1);
          return [
            ...(index > 0 && segments[index - 1]?.member !== of ? [{ kind: 'glue' as const, size: 70 }] : []),
            isHeld
              ? { kind: 'held', segment: index, size: bytes }
              : { kind: 'uploaded', segment: index, parts: [{ number, size: bytes }] },
          ];
        });
        assert.ok('parts' in joinPieces([...pieces, { kind: 'glue', size: 500 }], segments.length));
      }),
    );
  });
});
