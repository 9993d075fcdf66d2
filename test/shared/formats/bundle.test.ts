import assert from 'node:assert/strict';
import { loadFormat } from '../../../shared/formats/load-format.js';
import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { crc32 } from '@node-rs/crc32';
import { ServiceError } from '../../../shared/errors.js';
import { startsWide } from '../../../shared/formats/archive/archive.js';
import type { FileSpec } from '../../../shared/formats/file-spec.js';
import { joinFile, openSegment } from '../../../shared/formats/file.js';
import type { SegmentPosition, WrittenSegment } from '../../../shared/formats/encoding.js';
import { outlineFor } from '../../support/outline.js';

const json = await loadFormat('JSON');

const NOTHING_WITHHELD = { masked: {}, locked: [], hidden: 0 };

const spec: FileSpec = {
  format: json,
  outlines: [
    outlineFor(['id'], { dataset: 'orders', title: 'Orders' }),
    outlineFor(['id'], { dataset: 'notes', title: 'Notes' }),
  ],
  bundle: {
    serviceVersion: '1.2.3',
    requestedBy: 'admin_1',
    withheld: [NOTHING_WITHHELD, NOTHING_WITHHELD],
    leftOutFiles: 0,
  },
};

/** A segment as a worker writes it. */
async function encoded(
  segment: number,
  position: SegmentPosition,
  text: string,
): Promise<{ bytes: Buffer; written: WrittenSegment }> {
  const chunks: Buffer[] = [];
  const keep = (bytes: Buffer): void => void chunks.push(Buffer.from(bytes));
  const encoder = openSegment(spec, position, {});
  const rows = text.split('\n').length - 1;
  if (rows > 0) await encoder.write({ bytes: Buffer.from(text), rows }, keep);
  const summary = await encoder.end(keep);
  const bytes = Buffer.concat(chunks);
  return { bytes, written: { segment, position, plannedRows: rows, rows, bytes: bytes.length, summary } };
}

const FIRST = { file: 0, member: 0, opens: true, wide: false, own: { leads: true } };
const SECOND = { file: 0, member: 0, opens: false, wide: false, own: { leads: false } };
const OTHER = { file: 1, member: 1, opens: true, wide: false, own: { leads: true } };
const sized = (position: SegmentPosition, size: number, bytes = 1000): WrittenSegment => ({
  ...{ segment: position.member, position, plannedRows: 1, rows: 1, bytes, summary: { size, crc32: 1, sha256: '' } },
});
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const FOUR_GIB = 2 ** 32;

describe('a bundle', () => {
  it('describes its files for programs and for people', async () => {
    const segments = [
      (await encoded(0, FIRST, ',{"id":1}\n')).written,
      (await encoded(1, SECOND, ',{"id":2}\n,{"id":3}\n')).written,
      (await encoded(2, OTHER, '')).written,
    ];
    const { tail } = await joinFile(spec, segments, {});
    const fileAt = (name: string): string => {
      const at = tail.indexOf(name) + name.length;
      return inflateRawSync(tail.subarray(at)).toString();
    };
    const column = { name: 'id', label: 'id', type: 'text' };
    const pieces = ['[{"id":1}\n', ',{"id":2}\n,{"id":3}\n', ']\n'];
    const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
    assert.deepEqual(JSON.parse(fileAt('manifest.json')), {
      type: 'account',
      service: { name: 'export-service', version: '1.2.3' },
      job_id: '0190a8f0-0000-7000-8000-000000000001',
      user_id: '0190a8f0-0000-7000-8000-000000000003',
      tenant_id: '0190a8f0-0000-7000-8000-000000000002',
      requested_by: 'admin_1',
      planned_at: '2026-11-25T10:20:30.000Z',
      format: 'JSON',
      options: {},
      left_out_files: 0,
      files: [
        {
          ...{ name: 'orders.json', dataset: 'orders', title: 'Orders', schema: [column], rows: 3, bytes: 32 },
          left_out: { locked: [], hidden: 0 },
          crc32: checksum(pieces.join('')),
          pieces: pieces.map((text) => ({ bytes: text.length, sha256: sha256(text) })),
        },
        {
          ...{ name: 'notes.json', dataset: 'notes', title: 'Notes', schema: [column], rows: 0, bytes: 3 },
          left_out: { locked: [], hidden: 0 },
          crc32: checksum('[]\n'),
          pieces: ['[', ']\n'].map((text) => ({ bytes: text.length, sha256: sha256(text) })),
        },
      ],
    });
    const readme = fileAt('README.txt');
    assert.match(readme, /^YOUR DATA\n/);
    assert.match(readme, /created on 2026-11-25 at 10:20 UTC/);
    assert.match(readme, /\n {2}orders\.json {4}Orders: 3 records\n {2}notes\.json {5}Notes: no records\n/);
    assert.match(readme, /timezone UTC,/);
    assert.ok(readme.includes('0190a8f0-0000-7000-8000-000000000001'));
    assert.match(readme, /\n\nIt was requested on your behalf by admin_1\.\n$/);
  });

  it('has the header of its first file in the first segment, with the planned width', async () => {
    const version = async (position: SegmentPosition): Promise<number> =>
      (await encoded(0, position, '')).bytes.readUInt16LE(4);
    assert.equal(await version(FIRST), 20);
    assert.equal(await version({ ...FIRST, wide: true }), 45);
    assert.deepEqual(
      [startsWide(2 ** 30, false), startsWide(3 * 2 ** 30, false), startsWide(1, true)],
      [false, true, true],
    );
  });

  it('is planned again if its first file outgrows the header already written', async () => {
    const join = (position: SegmentPosition, size: number, bytes = 1000) =>
      joinFile(spec, [sized(position, size, bytes), sized(OTHER, 10)], {});
    const isOutgrown = (error: unknown): boolean => error instanceof ServiceError && error.code === 'PLAN_OUTGROWN';
    await assert.rejects(join(FIRST, FOUR_GIB), isOutgrown);
    await assert.rejects(join(FIRST, 1000, FOUR_GIB), isOutgrown);
    assert.ok((await join(FIRST, FOUR_GIB - 10)).tail.length > 0);
    assert.ok((await join({ ...FIRST, wide: true }, FOUR_GIB)).tail.length > 0);
  });

  it('chooses the header of every other file by its written size', async () => {
    const version = async (size: number): Promise<number | undefined> => {
      const { glue: glues } = await joinFile(spec, [sized(FIRST, 10), sized(OTHER, size)], {});
      const glue = glues.get(1);
      return glue?.readUInt16LE(glue.indexOf('PK\x03\x04') + 4);
    };
    assert.deepEqual([await version(1000), await version(FOUR_GIB)], [20, 45]);
  });
});
