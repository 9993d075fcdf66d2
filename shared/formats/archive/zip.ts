import { crc32 } from '@node-rs/crc32';
import { deflateRawSync } from 'node:zlib';
import { combineCrc32 } from '../../plan/crc32.js';
import type { NamedBytes, WrittenSegment } from '../encoding.js';
import { sumOf, type Sum } from '../sums.js';

/**
 * ZIP archives whose segments are written separately; the finish writes only what is between them. Record names are from
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

const LOCAL_HEADER = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;

const DEFLATED = 8;
/** Sizes and checksum are in a descriptor after the data; names are UTF-8. */
const STREAMED = 0x0808;
const KNOWN = 0x0800;
/** Version 2.0 supports deflate; 4.5 also supports 8-byte sizes. */
const VERSION = 20;
const VERSION64 = 45;
const MAX32 = 0xffffffff;
const MAX16 = 0xffff;

/** What the finish writes between and after the segments. */
export interface ArchiveGlue {
  /** Bytes before a segment, by its number. */
  readonly glue: ReadonlyMap<number, Buffer>;
  readonly tail: Buffer;
}

/** A file of the archive that consists of segments. */
export interface ZipMember {
  readonly name: string;
  /** In order. The archive's first segment contains the member's local header. */
  readonly segments: readonly WrittenSegment[];
  /** Plain bytes after the segments. */
  readonly tail: Buffer;
  /** Whether its header has room for 8-byte sizes. */
  readonly wide: boolean;
}

interface Entry extends Sum {
  readonly name: string;
  readonly flags: number;
  readonly wide: boolean;
  readonly packed: number;
  readonly offset: number;
}

/** Values, little-endian, of 2, 4 or 8 bytes each. */
function record(...fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

/** MS-DOS date and time, in UTC because it has no timezone, in steps of two seconds. Years start at 1980. */
function dosTime(isoTime: string): readonly [time: number, date: number] {
  const at = new Date(isoTime);
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return [time, date];
}

/** The header of a member whose sizes aren't known yet. @param isoTime when the archive was planned */
export function streamedHeader(name: string, isoTime: string, wide: boolean): Buffer {
  return localHeader({ name, flags: STREAMED, wide, crc32: 0, size: 0, packed: 0 }, isoTime);
}

function localHeader(entry: Omit<Entry, 'offset'>, isoTime: string): Buffer {
  const name = Buffer.from(entry.name);
  const extra = entry.wide ? record([2, 1], [2, 16], [8, 0], [8, 0]) : Buffer.alloc(0);
  const [size, packed] = entry.wide ? [MAX32, MAX32] : [entry.size, entry.packed];
  const [time, date] = dosTime(isoTime);
  const fixed = record(
    ...([
      [4, LOCAL_HEADER],
      [2, entry.wide ? VERSION64 : VERSION],
      [2, entry.flags],
      [2, DEFLATED],
    ] as const),
    ...([
      [2, time],
      [2, date],
      [4, entry.crc32],
      [4, packed],
      [4, size],
      [2, name.length],
      [2, extra.length],
    ] as const),
  );
  return Buffer.concat([fixed, name, extra]);
}

const descriptor = ({ crc32: sum, packed, size, wide }: Entry): Buffer =>
  record([4, DESCRIPTOR], [4, sum], [wide ? 8 : 4, packed], [wide ? 8 : 4, size]);

function centralHeader(entry: Entry, isoTime: string): Buffer {
  const name = Buffer.from(entry.name);
  const long = [entry.size, entry.packed, entry.offset].filter((value) => value >= MAX32);
  const extra =
    long.length === 0
      ? Buffer.alloc(0)
      : record([2, 1], [2, 8 * long.length], ...long.map((value) => [8, value] as const));
  const version = long.length > 0 || entry.wide ? VERSION64 : VERSION;
  const [time, date] = dosTime(isoTime);
  const fixed = record(
    ...([
      [4, CENTRAL_HEADER],
      [2, version],
      [2, version],
      [2, entry.flags],
      [2, DEFLATED],
      [2, time],
      [2, date],
    ] as const),
    ...([
      [4, entry.crc32],
      [4, Math.min(entry.packed, MAX32)],
      [4, Math.min(entry.size, MAX32)],
    ] as const),
    ...([
      [2, name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
    ] as const),
    [4, Math.min(entry.offset, MAX32)],
  );
  return Buffer.concat([fixed, name, extra]);
}

/** @param offset where the central directory starts */
function directory(entries: readonly Entry[], offset: number, isoTime: string): Buffer {
  const headers = Buffer.concat(entries.map((entry) => centralHeader(entry, isoTime)));
  const { length } = headers;
  const count = entries.length;
  const isLong = offset + length >= MAX32 || count >= MAX16;
  const end64 = isLong
    ? record(
        ...([
          [4, END64],
          [8, 44],
          [2, VERSION64],
          [2, VERSION64],
          [4, 0],
          [4, 0],
          [8, count],
          [8, count],
        ] as const),
        ...([
          [8, length],
          [8, offset],
          [4, LOCATOR64],
          [4, 0],
          [8, offset + length],
          [4, 1],
        ] as const),
      )
    : Buffer.alloc(0);
  const [shownCount, shownLength, shownOffset] = isLong ? [MAX16, MAX32, MAX32] : [count, length, offset];
  const end = record(
    ...([
      [4, END],
      [2, 0],
      [2, 0],
      [2, shownCount],
      [2, shownCount],
      [4, shownLength],
      [4, shownOffset],
      [2, 0],
    ] as const),
  );
  return Buffer.concat([headers, end64, end]);
}

/**
 * The bytes between and after the segments of an archive.
 * @param files files that follow the members
 * @param isoTime when the archive was planned
 */
export function joinArchive(members: readonly ZipMember[], files: readonly NamedBytes[], isoTime: string): ArchiveGlue {
  const entries: Entry[] = [];
  const glue = new Map<number, Buffer>();
  let offset = 0;
  /** Computed bytes since the last segment. */
  let pending: Buffer[] = [];
  const put = (bytes: Buffer): void => {
    pending.push(bytes);
    offset += bytes.length;
  };
  for (const [index, { name, segments, tail, wide }] of members.entries()) {
    const header = streamedHeader(name, isoTime, wide);
    const start = offset;
    const [first] = segments;
    if (index > 0) put(header);
    if (first !== undefined && index > 0) glue.set(first.segment, Buffer.concat(pending));
    if (first !== undefined) pending = [];
    offset += segments.reduce((sum, { bytes }) => sum + bytes, 0);
    put(deflateRawSync(tail));
    const plain = sumOf(segments);
    const entry: Entry = {
      ...{ name, flags: STREAMED, wide, offset: start },
      packed: offset - start - header.length,
      crc32: combineCrc32(plain.crc32, crc32(tail), tail.length),
      size: plain.size + tail.length,
    };
    entries.push(entry);
    put(descriptor(entry));
  }
  for (const { name, bytes } of files) {
    const packed = deflateRawSync(bytes);
    const sum = { crc32: crc32(bytes), size: bytes.length, packed: packed.length };
    const entry = { name, flags: KNOWN, wide: false, offset, ...sum };
    entries.push(entry);
    put(localHeader(entry, isoTime));
    put(packed);
  }
  put(directory(entries, offset, isoTime));
  return { glue, tail: Buffer.concat(pending) };
}

/** Whether a member of this size needs a header with room for 8-byte sizes. */
export const isWide = (bytes: number): boolean => bytes >= MAX32;
