import { crc32 } from '@node-rs/crc32';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, deflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { findOnPath } from '../../../dev/find-on-path.js';
import type { WrittenSegment } from '../../../shared/formats/encoding.js';
import {
  isWide,
  joinArchive,
  streamedHeader,
  type ArchiveGlue,
  type ZipMember,
} from '../../../shared/formats/archive/zip.js';

const run = promisify(execFile);
const PLANNED_AT = '2026-11-25T10:20:31.000Z';
const GIB = 2 ** 30;
const NOTE = { name: 'note.txt', bytes: Buffer.from('a note') };

/** What Python's standard library finds in an archive: each file, with the text of small ones. */
const READER = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    print(json.dumps([[i.filename, i.file_size, i.compress_size, i.header_offset, i.date_time,
        archive.read(i).decode() if i.file_size < 1000 else None] for i in archive.infolist()]))
`;
const entries = z.array(
  z.tuple([z.string(), z.number(), z.number(), z.number(), z.array(z.number()), z.string().nullable()]),
);
const readByPython = async (file: string): Promise<z.infer<typeof entries>> =>
  entries.parse(JSON.parse((await run('python3', ['-c', READER, file])).stdout));

/** Blocks without a final block, as in a segment. */
const blocks = (text: string | Buffer): Buffer => deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });

/** A committed segment and its bytes. */
interface Made {
  readonly segment: WrittenSegment;
  readonly bytes: Buffer;
}

const written = (
  segment: number,
  member: number,
  { bytes, ...summary }: { readonly bytes: number; readonly crc32: number; readonly size: number },
): WrittenSegment => ({
  ...{ segment, plannedRows: 1, rows: 1, bytes, summary },
  position: { file: 0, member, opens: false, wide: false, own: null },
});

function made(segment: number, member: number, text: string, header: Buffer = Buffer.alloc(0)): Made {
  const bytes = Buffer.concat([header, blocks(text)]);
  const sum = { crc32: crc32(text), size: Buffer.byteLength(text) };
  return { bytes, segment: written(segment, member, { bytes: bytes.length, ...sum }) };
}

const joined = (segments: readonly Made[], { glue, tail }: ArchiveGlue): Buffer =>
  Buffer.concat([...segments.flatMap(({ segment, bytes }) => [glue.get(segment.segment) ?? [], bytes].flat()), tail]);

describe('a ZIP archive made of segments', () => {
  let folder: string;
  let files = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zip-'));
  });
  after(() => rm(folder, { recursive: true }));
  const nextFile = (): string => join(folder, `${(files += 1)}.zip`);

  /** Three members: one of two segments, one of an empty segment, and one of a single segment. */
  async function small(wide: readonly [boolean, boolean, boolean]): Promise<string> {
    const header = streamedHeader('first.txt', PLANNED_AT, wide[0]);
    const [a, b] = [made(0, 0, 'first, ', header), made(1, 0, 'second')];
    const [c, d] = [made(2, 1, ''), made(3, 2, 'alone')];
    const members = [
      { name: 'first.txt', segments: [a.segment, b.segment], tail: Buffer.from('.\n'), wide: wide[0] },
      { name: 'empty', segments: [c.segment], tail: Buffer.alloc(0), wide: wide[1] },
      { name: 'z', segments: [d.segment], tail: Buffer.alloc(0), wide: wide[2] },
    ];
    const file = nextFile();
    await writeFile(file, joined([a, b, c, d], joinArchive(members, [NOTE], PLANNED_AT)));
    return file;
  }

  const WIDTHS = { narrow: [false, false, false], wide: [true, true, true], mixed: [true, false, true] } as const;
  for (const [width, wide] of Object.entries(WIDTHS)) {
    it(`is read correctly by Python, with ${width} headers`, async () => {
      const found = await readByPython(await small(wide));
      assert.deepEqual(
        found.map(([name, size, , , , text]) => [name, size, text]),
        [
          ['first.txt', 15, 'first, second.\n'],
          ['empty', 0, ''],
          ['z', 5, 'alone'],
          ['note.txt', 6, 'a note'],
        ],
      );
      // ZIP times have a resolution of two seconds.
      for (const [, , , , time] of found) assert.deepEqual(time, [2026, 11, 25, 10, 20, 30]);
    });

    it(`passes unzip -t, with ${width} headers`, async function () {
      if ((await findOnPath('unzip')) === undefined) this.skip();
      const { stdout } = await run('unzip', ['-t', await small(wide)]);
      assert.match(stdout, /No errors detected/);
    });
  }

  /** Writes only the bytes around the segments, which are left as holes. */
  async function sparse(members: readonly ZipMember[], { glue, tail }: ArchiveGlue): Promise<string> {
    const file = nextFile();
    const handle = await open(file, 'w');
    let at = 0;
    const put = async (bytes: Buffer | undefined): Promise<void> => {
      if (bytes === undefined) return;
      await handle.write(bytes, 0, bytes.length, at);
      at += bytes.length;
    };
    for (const { segment, bytes } of members.flatMap(({ segments }) => segments)) {
      await put(glue.get(segment));
      at += bytes;
    }
    await put(tail);
    await handle.close();
    return file;
  }

  /** Sizes, compressed sizes and offsets beyond 4 GiB. */
  function huge(): Promise<string> {
    const of = (member: number, name: string, bytes: number, size: number, wide: boolean): ZipMember => ({
      ...{ name, segments: [written(member, member, { bytes, size, crc32: 1 })], tail: Buffer.alloc(0), wide },
    });
    const members = [
      of(0, 'packed', 5 * GIB, 20 * GIB, true),
      of(1, 'plain', GIB, 6 * GIB, true),
      of(2, 'behind', 1000, 5000, false),
    ];
    return sparse(members, joinArchive(members, [NOTE], PLANNED_AT));
  }

  it('is read correctly by Python if it and some of its files exceed 4 GiB', async () => {
    const found = await readByPython(await huge());
    const header = (name: string, wide: boolean): number => streamedHeader(name, PLANNED_AT, wide).length;
    const [end, wideDescriptor, descriptor] = [deflateRawSync('').length, 24, 16];
    const plainAt = 5 * GIB + end + wideDescriptor;
    const behindAt = plainAt + header('plain', true) + GIB + end + wideDescriptor;
    const noteAt = behindAt + header('behind', false) + 1000 + end + descriptor;
    assert.deepEqual(
      found.map(([name, size, packed, offset, , text]) => [name, size, packed, offset, text]),
      [
        // The first one's header is part of its segment's bytes.
        ['packed', 20 * GIB, 5 * GIB - header('packed', true) + end, 0, null],
        ['plain', 6 * GIB, GIB + end, plainAt, null],
        ['behind', 5000, 1000 + end, behindAt, null],
        ['note.txt', 6, deflateRawSync(NOTE.bytes).length, noteAt, 'a note'],
      ],
    );
  });

  it('is read by unzip, too, if it exceeds 4 GiB', async function () {
    if ((await findOnPath('unzip')) === undefined) this.skip();
    const file = await huge();
    assert.match((await run('unzip', ['-l', file])).stdout, /21474836480 .* packed\n *6442450944 .* plain\n/);
    assert.match((await run('unzip', ['-t', file, 'note.txt'])).stdout, /No errors detected/);
  });

  it('uses narrow headers as long as sizes fit in four bytes', () => {
    assert.deepEqual([2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32].map(isWide), [false, true, true]);
    assert.throws(() => {
      const { segment } = made(0, 0, 'x');
      const summary = { crc32: 1, size: 2 ** 32 };
      const member = { name: 'x', segments: [{ ...segment, summary }], tail: Buffer.alloc(0), wide: false };
      joinArchive([member], [], PLANNED_AT);
    }, RangeError);
  });
});
