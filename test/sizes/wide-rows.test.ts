import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { crc32 } from '@node-rs/crc32';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { z } from 'zod';
import type { Stack } from '../../dev/stack/stack.js';
import { MAX_PART_BYTES, MIN_PART_BYTES } from '../../shared/plan/pieces.js';
import { assertSameBytes } from '../export-csv/compare.js';
import { copyOf } from '../export-csv/reference.js';
import { queryRows } from '../support/database.js';
import { download, leftovers, postExport, untilEnded } from '../support/exports.js';
import { LONG, describeDeeply } from '../support/depth.js';
import { FAST, startService, someUser, type TestService } from '../support/service.js';
import { stackBeside } from '../support/stack.js';
import { untilWorking } from '../support/worker-process.js';
import { peakMemory, resetPeakMemory } from '../../bench/proc.js';
import datasets, { fillWideRows, type Stretch } from './wide-rows.js';

const MIB = 1024 ** 2;
const PATIENCE_MS = 120_000;
const MODULE = 'test/sizes/wide-rows.ts';
/**
 * The most that exports may add to a worker's idle memory. The largest file here is larger than this, and so is the
 * sum of its rows.
 */
const MOST_MEMORY = 360 * MIB;

const STRETCHES = {
  narrow: { rows: 100_000, width: 12 },
  wide: { rows: 1200, width: 20_000 },
  narrowAgain: { rows: 100_000, width: 12 },
  huge: { rows: 3, width: 30_000_000 },
  few: { rows: 3000, width: 12 },
  one: { rows: 1, width: 30_000_000 },
  fewAgain: { rows: 3000, width: 12 },
  many: { rows: 14, width: 30_000_000 },
} satisfies Record<string, Stretch>;
type Name = keyof typeof STRETCHES;
const NAMES = Object.keys(STRETCHES) as Name[];

/** The ids from the first row of one stretch to the last row of another. */
function ids(first: Name, last: Name): { gte: number; lte: number } {
  const rowsOf = (names: readonly Name[]): number => names.reduce((sum, name) => sum + STRETCHES[name].rows, 0);
  return {
    gte: rowsOf(NAMES.slice(0, NAMES.indexOf(first))) + 1,
    lte: rowsOf(NAMES.slice(0, NAMES.indexOf(last) + 1)),
  };
}

const columnsBy = (lane: string | undefined): string[] => ['id', 'payload', ...(lane === undefined ? [] : ['start'])];
/** Variants of the row lane. */
const COMPUTED = ['CSV none computed', 'JSON gzip computed'] as const;
type Variant = `${'CSV' | 'JSON'} ${'none' | 'gzip'}` | (typeof COMPUTED)[number];
interface Case {
  readonly what: string;
  readonly rows: ReturnType<typeof ids>;
  readonly variants: readonly Variant[];
}
const CASES: readonly Case[] = [
  {
    what: 'wide ones in the middle, where no sample sees them',
    rows: ids('narrow', 'narrowAgain'),
    variants: ['CSV gzip'],
  },
  { what: 'one of 30 MB among narrow ones', rows: ids('few', 'fewAgain'), variants: ['CSV gzip', 'JSON none'] },
];
const MORE_CASES: readonly Case[] = [
  { what: 'many of 20 KB', rows: ids('wide', 'wide'), variants: ['JSON none'] },
  { what: '100,000 narrow ones, then wide ones', rows: ids('narrow', 'wide'), variants: ['CSV none'] },
  { what: 'wide ones, then 100,000 narrow ones', rows: ids('wide', 'narrowAgain'), variants: ['JSON gzip'] },
  { what: 'three of 30 MB', rows: ids('huge', 'huge'), variants: ['JSON gzip'] },
  { what: 'one of 30 MB before narrow ones', rows: ids('one', 'fewAgain'), variants: ['CSV none'] },
];

describeDeeply('rows of very different lengths are exported as PostgreSQL copies them, in valid parts:', function () {
  this.timeout(4 * PATIENCE_MS);
  let service: TestService;
  let programs: Stack;
  let pid: number;
  let atRest = 0;
  const me = someUser();

  before(async () => {
    programs = await stackBeside();
    const segment = { ...FAST.segment, startToCloseMs: PATIENCE_MS, heartbeatMs: 10_000 };
    service = await startService({
      orders: 100,
      datasets,
      tuning: { maxSegmentRows: 60_000, segment, finish: segment },
    });
    const env = { ...service.env, DATASETS_MODULE: MODULE };
    const worker = await programs.launch({ name: 'worker-wide', args: ['worker/main.ts'], env });
    await fillWideRows(service.databaseUrl, me.tenantId, Object.values(STRETCHES));
    await untilWorking(worker);
    assert.ok(worker.pid !== undefined);
    pid = worker.pid;
    if (process.platform !== 'linux') return;
    // The worker has already peaked by bundling its workflows, which an installed worker doesn't do.
    resetPeakMemory(pid);
    atRest = peakMemory(pid);
  });
  after(async () => {
    await programs.stop();
    await service.close();
  });

  const bodyOf = ([format, compression, lane]: readonly string[], rows: object): object => ({
    type: 'wide_rows',
    format,
    columns: columnsBy(lane),
    filters: { id: rows },
    options: { compression, ...(format?.endsWith('SV') === true ? { escape_formulas: false } : {}) },
  });

  async function reference(variant: string, { gte, lte }: { gte: number; lte: number }): Promise<Buffer> {
    const { databaseUrl } = service;
    const [format, , lane] = variant.split(' ');
    const items = lane === undefined ? 'id, payload' : 'id, payload, left(payload, 4) AS start';
    const select = `SELECT ${items} FROM wide_rows WHERE id BETWEEN ${gte} AND ${lte} ORDER BY id`;
    if (format === 'CSV') return copyOf({ databaseUrl, select });
    const settings = `FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'`;
    const lines = await copyOf({ databaseUrl, select: `SELECT row_to_json(item) FROM (${select}) AS item`, settings });
    return Buffer.from(`[${lines.toString().trimEnd().replaceAll('\n', '\n,')}\n]\n`);
  }

  async function assertLegalParts(jobId: string): Promise<void> {
    const rows = await queryRows(
      service.databaseUrl,
      `SELECT (part->>'size')::int AS size FROM export_segments, jsonb_array_elements(parts->'parts') AS part
       WHERE job_id = $1`,
      [jobId],
    );
    for (const { size } of z.array(z.object({ size: z.number() })).parse(rows))
      assert.ok(size >= MIN_PART_BYTES && size <= MAX_PART_BYTES, `a part of ${size} bytes`);
  }

  for (const { what, rows, variants } of LONG ? [...CASES, ...MORE_CASES] : CASES) {
    it(`${what}; ${variants.join(', ')}`, () => compare(rows, variants));
  }

  it('420 MB in rows of 30 MB, without ever holding all rows or the file in memory', async () => {
    const { gte, lte } = ids('many', 'many');
    const jobId = await postExport(service, me, bodyOf(['CSV', 'none'], { gte, lte }));
    const { file_size: size, checksum } = z
      .looseObject({ file_size: z.number(), checksum: z.string() })
      .parse(await untilEnded(service, me, jobId, 'COMPLETED', PATIENCE_MS));
    assert.ok(size > MOST_MEMORY);
    assert.equal(checksum, `crc32:${(await crcOfCopy(gte, lte)).toString(16).padStart(8, '0')}`);
    assert.deepEqual(await leftovers(service), []);
    if (process.platform !== 'linux') return;
    const peak = peakMemory(pid);
    assert.ok(peak > 0, 'the worker is alive');
    const more = peak - atRest;
    assert.ok(more < MOST_MEMORY, `${Math.ceil(more / MIB)} MiB beyond ${Math.ceil(atRest / MIB)}`);
  });

  if (!LONG) return;
  // After the memory test, because JavaScript holds several copies of a row.
  it(`by the row lane, many of 20 KB, and one of 30 MB among narrow ones; ${COMPUTED.join(', ')}`, async () => {
    await compare(ids('wide', 'wide'), COMPUTED);
    await compare(ids('few', 'fewAgain'), COMPUTED);
  });

  async function compare(rows: ReturnType<typeof ids>, variants: readonly Variant[]): Promise<void> {
    const expected = new Map<string, Buffer>();
    for (const variant of variants) {
      const kind = variant.replace(/ (none|gzip)/, '');
      const wanted = expected.get(kind) ?? (await reference(variant, rows));
      expected.set(kind, wanted);
      const jobId = await postExport(service, me, bodyOf(variant.split(' '), rows));
      const job = await untilEnded(service, me, jobId, 'COMPLETED', PATIENCE_MS);
      assert.equal(job.row_count, rows.lte - rows.gte + 1);
      const bytes = await download(service, me, jobId);
      assertSameBytes(variant.includes('gzip') ? gunzipSync(bytes) : bytes, wanted, variant);
      await assertLegalParts(jobId);
    }
  }

  async function crcOfCopy(gte: number, lte: number): Promise<number> {
    const client = new pg.Client({ connectionString: service.databaseUrl });
    await client.connect();
    let sum = 0;
    try {
      const select = `SELECT id, payload FROM wide_rows WHERE id BETWEEN ${gte} AND ${lte} ORDER BY id`;
      for await (const chunk of client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT csv, HEADER)`)))
        sum = crc32(chunk as Buffer, sum);
    } finally {
      await client.end();
    }
    return sum;
  }
});
