import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { orders } from '../../shared/datasets/orders.js';
import { defineDataset, type Dataset } from '../../shared/datasets/index.js';
import { exportFile } from '../export-csv/compare.js';
import { operatorsReason } from '../support/failures.js';
import { queryRows } from '../support/database.js';
import { DEEP, deeply } from '../support/depth.js';
import { readJob, postExport, untilEnded } from '../support/exports.js';
import { escapedWithin } from '../support/formulas.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';

const { columns, key, tenantColumn, table } = orders;

const sums = defineDataset({
  name: 'sums',
  title: 'Orders with computed columns',
  table,
  key,
  tenantColumn,
  columns: {
    id: { type: 'bigint' },
    total: { type: 'numeric' },
    quantity: { type: 'integer' },
    note: { type: 'text' },
    status: { type: 'text' },
    placed_at: { type: 'timestamptz' },
  },
  computed: {
    // PostgreSQL can compute each of these as well, which gives the expected values.
    piece: {
      type: 'numeric',
      label: 'Unit price',
      from: ['total', 'quantity'],
      compute: ({ total, quantity }) =>
        total === null || quantity === null ? null : String(Math.round((Number(total) / quantity) * 4) / 4),
    },
    next: { type: 'bigint', from: ['id'], compute: ({ id }) => (id === null ? null : id + 9_007_199_254_740_993n) },
    half: { type: 'double precision', from: ['quantity'], compute: ({ quantity }) => (quantity ?? NaN) / 2 },
    twice: { type: 'integer', from: ['quantity'], compute: ({ quantity }) => (quantity ?? 0) * 2 },
    loud: { type: 'text', from: ['note'], compute: ({ note }) => (note === null ? null : `-${note}`) },
    paid: { type: 'boolean', from: ['status'], compute: ({ status }) => status === 'paid' },
    day: { type: 'date', from: ['placed_at'], compute: ({ placed_at: at }) => at?.slice(0, 10) ?? null },
    pair: { type: 'jsonb', from: ['quantity', 'status'], compute: ({ quantity, status }) => [quantity, status] },
  },
  filters: { id: { kind: 'range', column: 'id' } },
});
const ASKED = ['day', 'id', 'piece', 'next', 'note', 'half', 'twice', 'loud', 'paid', 'pair'];
const BY_SQL = `to_char(placed_at, 'YYYY-MM-DD')::date AS day, id, round(total / quantity * 4) / 4 AS piece, (id + 9007199254740993)::text AS next,
  note, quantity / 2.0 AS half, quantity * 2 AS twice, '-' || note AS loud, status = 'paid' AS paid, jsonb_build_array(quantity, status) AS pair`;

const failing = (name: string, type: 'text' | 'integer' | 'jsonb', compute: () => unknown): Dataset =>
  ({
    ...{ name, title: name, table, key, tenantColumn, columns },
    computed: { bad: { type, from: [], compute } },
  }) as const;
const FAILING: readonly (readonly [dataset: Dataset, sentence: string])[] = [
  [
    failing('throws', 'text', () => {
      throw new Error('no rate for XYZ');
    }),
    'Dataset throws: column bad cannot be computed: no rate for XYZ.',
  ],
  [
    failing('forgets', 'text', () => undefined),
    'Dataset forgets: column bad must be text without NUL (text), but its compute returned undefined.',
  ],
  [
    failing('waits', 'jsonb', () => Promise.resolve(1)),
    'Dataset waits: column bad must be a JSON value (jsonb), but its compute returned a promise.',
  ],
  [
    failing('overflows', 'integer', () => 2 ** 31),
    'Dataset overflows: column bad must be a 32-bit whole number (integer), but its compute returned a number.',
  ],
];

describe('columns computed in TypeScript', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    const datasets = [sums, ...FAILING.map(([dataset]) => dataset)];
    service = await startService({ orders: 2500, datasets, tuning: { maxSegmentRows: 400 } });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  const valuesOf = async (sql: string): Promise<unknown[]> => {
    const rows = await queryRows<{ value: unknown }>(
      service.databaseUrl,
      `SELECT to_jsonb(r) AS value FROM (SELECT ${sql} FROM orders WHERE tenant_id = '${me.tenantId}' ORDER BY orders.id) AS r`,
    );
    return rows.map(({ value }) => value);
  };

  for (const format of DEEP ? ['JSON', 'NDJSON'] : ['JSON']) {
    it(`appear in ${format} among the table's columns, value for value`, async () => {
      const options = { compression: 'gzip', bigint_as_text: true };
      const file = await exportFile(service, me, { type: 'sums', format, columns: ASKED, options });
      const text = gunzipSync(file.bytes).toString();
      const items: unknown = JSON.parse(format === 'JSON' ? text : `[${text.trim().replaceAll('\n', ',')}]`);
      const wanted = await valuesOf(BY_SQL.replace(', id,', ', id::text,'));
      const asText = z.record(z.string(), z.unknown()).transform((item) => ({ ...item, piece: Number(item.piece) }));
      assert.deepEqual(z.array(asText).parse(items), z.array(asText).parse(wanted));
      assert.equal(file.rows, wanted.length);
    });
  }

  deeply('appear in CSV, in its dialect', async () => {
    const cell = (text: string): string => {
      const isQuoted = /[;"\r\n]/.test(text);
      const escaped = escapedWithin(text, { delimiter: ';', quotes: 2, isQuoted });
      return isQuoted ? `"${escaped.replaceAll('"', '""')}"` : escaped;
    };
    const options = { delimiter: ';', decimal_comma: true, date_format: 'dd.mm.yyyy' };
    const body = { type: 'sums', columns: ['day', 'half', 'loud', 'paid', 'pair'], options };
    const { bytes } = await exportFile(service, me, body);
    const wanted = await valuesOf(
      `to_char(placed_at, 'DD.MM.YYYY') || ';' || replace((quantity / 2.0)::float8::text, '.', ',') AS first, note,
         CASE WHEN status = 'paid' THEN 't' ELSE 'f' END || ';"[' || quantity || ',""' || status || '""]"' AS last`,
    );
    const lines = z
      .array(z.object({ first: z.string(), note: z.string().nullable(), last: z.string() }))
      .parse(wanted)
      .map(({ first, note, last }) => `${first};${note === null ? '' : cell(`'-${note}`)};${last}`);
    assert.equal(bytes.toString(), ['day;half;loud;paid;pair', ...lines, ''].join('\n'));
  });

  it('are not read unless requested, and follow the other columns by default', async () => {
    const plain = await exportFile(service, me, {
      type: 'sums',
      columns: ['id', 'total'],
      filters: { id: { lte: 3 } },
    });
    assert.match(plain.bytes.toString(), /^id,total\n/);
    const all = await exportFile(service, me, {
      type: 'sums',
      filters: { id: { lte: 3 } },
      options: { header: 'labels' },
    });
    const [header] = all.bytes.toString().split('\n');
    assert.equal(header, 'id,total,quantity,note,status,placed_at,Unit price,next,half,twice,loud,paid,day,pair');
    const plans = await queryRows<{ inputs: string[] | null }>(
      service.databaseUrl,
      `SELECT plan->'files'->0->'inputs' AS inputs FROM export_jobs WHERE job_id IN ($1, $2) ORDER BY created_at`,
      [plain.jobId, all.jobId],
    );
    assert.deepEqual(plans, [{ inputs: null }, { inputs: ['total', 'quantity', 'id', 'note', 'status', 'placed_at'] }]);
  });

  for (const [dataset, sentence] of FAILING) {
    it(`end the export when one ${dataset.name}, with a sentence for users and a reason for operators`, async () => {
      const jobId = await postExport(service, me, { type: dataset.name });
      await untilEnded(service, me, jobId, 'FAILED');
      const job = await readJob(service, me, jobId);
      assert.deepEqual([job.error_code, job.error_message], ['COMPUTE_FAILED', "The column bad couldn't be computed."]);
      assert.equal(await operatorsReason(service, jobId), sentence);
    });
  }

  it('are listed with the others', async () => {
    const { json } = await service.ask('GET', '/v1/datasets', { as: me });
    const { datasets } = z
      .object({ datasets: z.array(z.object({ name: z.string(), columns: z.array(z.unknown()) })) })
      .parse(json);
    const listed = datasets.find(({ name }) => name === 'sums')?.columns ?? [];
    assert.deepEqual(listed[6], {
      name: 'piece',
      type: 'numeric',
      label: 'Unit price',
      file_types: { PARQUET: 'STRING' },
      hidden: false,
      opt_in_formats: [],
    });
  });
});
