import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { combineCrc32, crc32Base64 } from '../../../shared/plan/crc32.js';

describe('combined CRC-32', () => {
  it('equals the CRC-32 of the joined bytes, however they were split', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 500 }), { maxLength: 8 }), (pieces) => {
        const combined = pieces.reduce((crc, piece) => combineCrc32(crc, crc32(piece), piece.length), 0);
        assert.equal(combined, crc32(Buffer.concat(pieces)));
      }),
    );
  });

  it('is the same whichever neighbors are combined first, even for lengths beyond 32 bits', () => {
    const crc = fc.integer({ min: 0, max: 0xffffffff });
    const length = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 20 }),
      fc.maxSafeNat().map((bytes) => Math.floor(bytes / 2)),
    );
    fc.assert(
      fc.property(crc, crc, crc, length, length, (a, b, c, lengthB, lengthC) => {
        const left = combineCrc32(combineCrc32(a, b, lengthB), c, lengthC);
        const right = combineCrc32(a, combineCrc32(b, c, lengthC), lengthB + lengthC);
        assert.equal(left, right);
      }),
    );
  });

  it('handles zeros as node:zlib does', () => {
    const zeros = Buffer.alloc(5_000_000);
    assert.equal(combineCrc32(crc32('head'), crc32(zeros), zeros.length), crc32(zeros, crc32('head')));
  });

  it('is written as S3 writes it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (crc) => {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(crc);
        assert.equal(crc32Base64(crc), bytes.toString('base64'));
      }),
    );
  });
});
