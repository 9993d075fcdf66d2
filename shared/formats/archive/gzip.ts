import { crc32 } from '@node-rs/crc32';
import { deflateRawSync } from 'node:zlib';
import { combineCrc32 } from '../../plan/crc32.js';
import { FASTEST } from './deflate.js';
import { sumOf } from '../sums.js';
import type { WrittenSegment } from '../encoding.js';

/** gzip (RFC 1952) of joined segments as a single member, because not every reader accepts several. */

/** Deflate, no flags, no time (so that the same rows give the same bytes), fastest compression, unknown system. */
export const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);

/** What follows the segments: the file's tail as the final block, checksum and length. */
export function gzipTail(tail: Buffer, segments: readonly WrittenSegment[]): Buffer {
  const sum = sumOf(segments);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(combineCrc32(sum.crc32, crc32(tail), tail.length), 0);
  end.writeUInt32LE((sum.size + tail.length) % 2 ** 32, 4);
  return Buffer.concat([deflateRawSync(tail, { level: FASTEST }), end]);
}
