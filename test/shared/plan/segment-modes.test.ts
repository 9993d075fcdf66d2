import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinPieces, partNumbers, type Piece } from '../../../shared/plan/pieces.js';
import { segmentModes } from '../../../shared/plan/segment-modes.js';

const MIB = 1024 ** 2;
const modes = (...members: readonly (readonly number[])[]) =>
  segmentModes(members.flatMap((sizes, member) => sizes.map((mib) => ({ member, bytes: mib * MIB }))));

describe('which segments are kept to be joined', () => {
  it('is none in a file of one member', () => {
    assert.deepEqual(modes([16, 16, 2]), ['parts', 'parts', 'parts']);
    assert.deepEqual(modes([0]), ['parts']);
  });

  it('is the smaller of those beside the end of a member', () => {
    assert.deepEqual(modes([16, 12], [16, 16]), ['parts', 'held', 'parts', 'parts']);
    assert.deepEqual(modes([16, 16], [12, 16]), ['parts', 'parts', 'held', 'parts']);
    assert.deepEqual(modes([16], [8], [16]), ['parts', 'held', 'parts']);
  });

  it('is a neighbour of a member that is too little for a part itself', () => {
    assert.deepEqual(modes([16], [0], [12, 16]), ['parts', 'parts', 'held', 'parts']);
    assert.deepEqual(modes([16, 16], [1]), ['parts', 'parts', 'parts']);
  });

  it('is none of 5 MiB or less, which becomes a temporary object anyway', () => {
    assert.deepEqual(modes([16], [5 - 1 / MIB], [16]), ['parts', 'parts', 'parts']);
    assert.deepEqual(modes([16], [5], [16]), ['parts', 'held', 'parts']);
  });

  it('leaves the finish nothing to send back, when segments come out as they were planned', () => {
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
