import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parquetMetadata, parquetReadObjects, type RowGroup } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { z } from 'zod';
import { exportFile } from '../../export-csv/compare.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { orFail } from '../../support/python.js';
import { startService, someUser, type TestService } from '../../support/service.js';
import { savedFile } from '../contents.js';
import { parquetPython } from './readers.js';

const SCRIPT = fileURLToPath(new URL('pushdown.py', import.meta.url));
const READ_LIMIT_MS = 60_000;
const ROWS = 24_000;
const GROUP_ROWS = 2_000;
/** A range of ids in the middle, in two of the row groups. */
const LEAST = 9_000;
const MOST = 11_500;

/** Position and number of bytes. */
type Read = readonly [number, number];
const found = z.object({ rows: z.number(), reads: z.array(z.tuple([z.number(), z.number()])) });

interface FoundRows {
  readonly rows: number;
  readonly reads: readonly Read[];
}

async function inPython(reader: string, source: string): Promise<FoundRows> {
  const python = await parquetPython();
  const args = [SCRIPT, reader, source, String(LEAST), String(MOST)];
  return found.parse(JSON.parse(orFail(reader, await python.run(args, READ_LIMIT_MS))));
}

/** From a server that sends ranges of the file. */
async function byPolars(bytes: Buffer): Promise<FoundRows> {
  const reads: Read[] = [];
  const server = createServer(({ method, headers: { range = '' } }, response) => {
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
    const from = first === '' ? Math.max(0, bytes.length - Number(last)) : Number(first);
    const end = first === '' || last === '' ? bytes.length : Math.min(bytes.length, Number(last) + 1);
    const part = bytes.subarray(from, end);
    if (method === 'GET') reads.push([from, part.length]);
    response.writeHead(range === '' ? 200 : 206, {
      'content-length': part.length,
      'accept-ranges': 'bytes',
      ...(range === '' ? {} : { 'content-range': `bytes ${from}-${end - 1}/${bytes.length}` }),
    });
    response.end(method === 'GET' ? part : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { rows } = await inPython('polars', `http://127.0.0.1:${port}/orders.parquet`);
    return { rows, reads };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function byHyparquet(bytes: Buffer): Promise<FoundRows> {
  const reads: Read[] = [];
  const slice = (from: number, end = bytes.length): ArrayBuffer => {
    reads.push([from, end - from]);
    return new Uint8Array(bytes.subarray(from, end)).buffer;
  };
  const file = { byteLength: bytes.length, slice };
  const rows = await parquetReadObjects({ file, compressors, filter: { id: { $gte: LEAST, $lte: MOST } } });
  return { rows: rows.length, reads };
}

describe('with a condition on the key, only its row groups of a Parquet file are read', () => {
  let service: TestService;
  let bytes: Buffer;
  let groups: readonly RowGroup[];
  /** Where the row groups of the range begin and end, and where the last of all row groups ends. */
  let wanted: { readonly start: number; readonly end: number };
  let dataEnd: number;
  const me = someUser();

  before(async () => {
    await parquetPython();
    service = await startService({ orders: ROWS, singleTenant: true, tuning: { maxSegmentRows: 3 * GROUP_ROWS } });
    await service.startWorker();
    const options = { row_group_rows: GROUP_ROWS };
    ({ bytes } = await exportFile(service, me, { format: 'parquet', options }));
    groups = parquetMetadata(new Uint8Array(bytes).buffer).row_groups;
    const starts = groups.map(({ file_offset: offset }) => Number(offset));
    const ends = groups.map(({ total_compressed_size: size }, index) => Number(size) + (starts[index] ?? NaN));
    const first = groups.findIndex((group) => maximum(group) >= LEAST);
    const last = groups.findIndex((group) => maximum(group) >= MOST);
    wanted = { start: starts[first] ?? NaN, end: ends[last] ?? NaN };
    dataEnd = ends.at(-1) ?? NaN;
    assert.ok(groups.length === ROWS / GROUP_ROWS && last - first === 1);
  });
  after(() => closeCleanly(service));

  /** The largest id of a row group. */
  function maximum({ columns: [id] }: RowGroup): number {
    const { max_value: max } = id?.meta_data?.statistics ?? {};
    assert.ok(typeof max === 'bigint');
    return Number(max);
  }

  function assertFew({ rows, reads }: FoundRows): void {
    assert.equal(rows, MOST - LEAST + 1);
    // Readers begin with the end of the file, for the footer.
    const data = reads.filter(([from, length]) => from < dataEnd && from + length < bytes.length);
    for (const [from, length] of data) {
      assert.ok(from >= wanted.start && from + length <= wanted.end, `${length} bytes at ${from}`);
    }
    const sum = data.reduce((total, [, length]) => total + length, 0);
    assert.ok(sum > 0 && sum <= wanted.end - wanted.start, `${sum} bytes`);
  }

  it('by pyarrow', async () => {
    assertFew(await inPython('pyarrow', await savedFile(bytes, 'parquet')));
  });

  it('by polars, over HTTP', async () => {
    assertFew(await byPolars(bytes));
  });

  it('by hyparquet', async () => {
    assertFew(await byHyparquet(bytes));
  });
});
