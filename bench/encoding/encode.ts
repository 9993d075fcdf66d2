/**
 * `node encode.js [--parse] FORMAT ROWS INPUT OUTPUT`: encodes one file of sample orders from rows as the text lane
 * provides them, without PostgreSQL, Temporal or S3. Segments are cut like an export's, and encoded one after the
 * other.
 *
 * With `--parse` it only does what precedes encoding, and writes the number of rows to `OUTPUT`.
 */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureRows, type RowSample } from '../../activities/plan/sample-rows.js';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { shownColumns } from '../../shared/datasets/shown-columns.js';
import { orders } from '../../shared/datasets/orders.js';
import { joinFile, openSegment } from '../../shared/formats/file.js';
import type {
  BareOutline,
  FileOutline,
  SegmentEncoder,
  SegmentPosition,
  WrittenSegment,
} from '../../shared/formats/encoding.js';
import { loadFormat } from '../../shared/formats/load-format.js';
import { openPdfResources } from '../../shared/startup/open-pdf-resources.js';
import { cutSegments, fittingRows } from '../../shared/plan/segments.js';
import { DEFAULT_TUNING } from '../../shared/temporal/tuning.js';
import { cutRows, readChunks } from './row-chunks.js';

/** In the order of the input. */
const ROWS = { words: [], order: { columns: orders.key, descending: false } };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { parse: { type: 'boolean', default: false } },
});
const [name = '', count = '', input = '', output = ''] = positionals;
const totalRows = Number(count);
const format = await loadFormat(name);
const resources = { pdf: await openPdfResources({}) };

const file = openSync(input, 'r');
if (values.parse) {
  let rows = 0;
  for (const chunk of readChunks(file)) rows += chunk.rows;
  writeFileSync(output, `${rows}`);
} else {
  await encode();
}
closeSync(file);

async function encode(): Promise<void> {
  const sample = readSample();
  const outline = await outlineOf(sample);
  const segments = await planSegments(outline, sample);
  const spec = { format, outlines: [outline] };
  const written: WrittenSegment[] = [];
  const out = openSync(output, 'w');
  let bytes = 0;
  const emit = (encoded: Buffer): void => {
    bytes += encoded.length;
    for (let at = 0; at < encoded.length;) at += writeSync(out, encoded, at);
  };
  const end = async (encoder: SegmentEncoder, segment: number): Promise<void> => {
    const { position, rows } = segments[segment] ?? fail('There are more segments than were planned.');
    const summary = await encoder.end(emit);
    written.push({ segment, position, plannedRows: rows, rows, bytes, summary });
    bytes = 0;
  };

  let open: { readonly segment: number; readonly encoder: SegmentEncoder } | undefined;
  const counts = segments.map(({ rows }) => rows);
  for (const { segment, ...rows } of cutRows(readChunks(file), counts)) {
    if (open?.segment !== segment) {
      if (open !== undefined) await end(open.encoder, open.segment);
      const { position } = segments[segment] ?? fail('There are more segments than were planned.');
      open = { segment, encoder: openSegment(spec, position, resources) };
    }
    await open.encoder.write(rows, emit);
  }
  if (open !== undefined) await end(open.encoder, open.segment);
  const { glue, tail } = await joinFile(spec, written, resources);
  if (glue.size > 0) fail('The bytes between segments are known only when all are written: measure fewer rows.');
  emit(tail);
  closeSync(out);
}

/** A sample of the first rows; the last rows are similar. */
function readSample(): RowSample {
  const sampled = openSync(input, 'r');
  const [first] = readChunks(sampled);
  closeSync(sampled);
  return { first: first === undefined ? [] : [first], last: [] };
}

async function outlineOf({ first }: RowSample): Promise<FileOutline> {
  const bare: BareOutline = {
    ...{ dataset: orders.name, title: orders.title },
    columns: shownColumns(orders, Object.keys(orders.columns)),
    options: format.options.parse({}),
    about: {
      jobId: '0190a8f0-0000-7000-8000-000000000001',
      tenantId: NORTHWIND.id,
      userId: NORTHWIND.users[0].id,
      email: null,
      filters: {},
      plannedAt: '2026-01-01T00:00:00.000Z',
    },
  };
  return { ...bare, layout: (await format.layout?.(first, bare, resources, ROWS)) ?? null };
}

async function planSegments(
  outline: FileOutline,
  sample: RowSample,
): Promise<readonly { readonly rows: number; readonly position: SegmentPosition }[]> {
  const { rowBytes, plainRowBytes } = await measureRows({ format, outlines: [outline] }, resources, sample);
  const { unitRows = 1, memberRows = Infinity } = format.cut?.(outline, { plainBytes: plainRowBytes }, false) ?? {};
  const { segmentBytes, maxSegmentRows } = DEFAULT_TUNING;
  const wanted = Math.max(1, Math.min(maxSegmentRows, Math.floor(segmentBytes / rowBytes)));
  const rows = fittingRows(wanted, unitRows, memberRows);
  const bounds = Array.from({ length: Math.ceil(totalRows / rows) }, (_, index) => {
    const n = Math.min(totalRows, (index + 1) * rows);
    return { n, key: [String(n)] };
  });
  const { segments } = cutSegments(bounds, { memberRows });
  const positions = format.positions?.(outline, segments, false) ?? [];
  return segments.map(({ rows: planned, member }, index) => {
    const opens = segments[index - 1]?.member !== member;
    return { rows: planned, position: { file: 0, member, opens, wide: false, own: positions[index] ?? null } };
  });
}

function fail(why: string): never {
  throw new Error(why);
}
