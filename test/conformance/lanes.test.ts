import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openLane } from '../../activities/file/lanes.js';
import { ONLY, outlineFor, UNORDERED } from '../support/outline.js';
import { conditionsOf, restrictDataset } from '../../shared/datasets/column-rights.js';
import { shownColumns } from '../../shared/datasets/shown-columns.js';
import { BUILT_IN_DATASETS, defineDataset, type Dataset } from '../../shared/datasets/index.js';
import { freezeQuery, segmentSql } from '../../shared/datasets/query.js';
import { openSegment } from '../../shared/formats/file.js';
import type { FormatOptions } from '../../shared/formats/format-options.js';
import { FORMATS } from '../../shared/formats/index.js';
import { loadFormat, type LoadedFormat } from '../../shared/formats/load-format.js';
import { queryRows } from '../support/database.js';
import { assertSameBytes } from '../export-csv/compare.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { ownedByTenant } from '../support/owned.js';

const awkward = defineDataset({
  name: 'awkward',
  title: 'Awkward',
  table: 'awkward',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'integer' },
    words: { type: 'text', label: 'Words, "quoted"' },
    padded: { type: 'char' },
    number: { type: 'numeric' },
    ratio: { type: 'double precision' },
    flag: { type: 'boolean' },
    day: { type: 'date' },
    at: { type: 'timestamptz' },
    document: { type: 'json' },
    binary: { type: 'jsonb' },
    list: { type: 'other' },
  },
});
const ALONE = ['words'];
/** As for a caller who may see every column. */
const inFull = (dataset: Dataset): Dataset => restrictDataset(dataset, new Set(conditionsOf(dataset)));

/** Text that COPY, Papa Parse or a spreadsheet might misread. */
const WORDS = [
  ...[
    '',
    ' ',
    ' both ',
    'end ',
    ' begin',
    '\\.',
    '\\N',
    'NULL',
    '\ufeff',
    '\ufeffmark',
    'a\ufeff ',
    '"',
    '""',
    'say "x"',
  ],
  ...[
    'a,b',
    'a;b',
    'a\tb',
    'a|b',
    'two\nlines',
    'two\r\nlines',
    '\r',
    '\n',
    "'",
    '=1+1',
    '+1',
    '-1',
    '@x',
    '\tx',
    '＝1',
  ],
  ...['é', '🙂', '\u0001', '\u001f', '\u007f', '\u2028', '\ufffe', 'null', 'E', 'N', 'B', '\\', '\\\\', '\\"', '/'],
];

/** Every option alone, and some combinations. */
const OPTIONS: Readonly<Record<string, readonly FormatOptions[]>> = {
  CSV: [
    {},
    { escape_formulas: false },
    { null_text: 'NULL' },
    { null_text: ' \ufeff', quoting: 'all' },
    { quoting: 'all' },
    { quoting: 'all', escape_formulas: false, header: false },
    { delimiter: ';', decimal_comma: true },
    { delimiter: '\t', newline: 'crlf', bom: true },
    { delimiter: ' ' },
    { delimiter: '|', header: 'labels', date_format: 'dd.mm.yyyy', timezone: 'Europe/Berlin' },
    { date_format: 'iso8601' },
    { preset: 'excel' },
  ],
  JSON: [{}, { bigint_as_text: true, timezone: 'America/New_York' }],
  TSV: [{}, { header: false, timezone: 'Europe/Berlin', compression: 'gzip' }],
  XLSX: [{}, { timezone: 'Europe/Berlin', compression: 'small' }],
  NDJSON: [{}, { bigint_as_text: true, compression: 'gzip' }],
  PARQUET: [{}, { timezone: 'Europe/Berlin', compression: 'zstd', row_group_rows: 1000 }],
  PDF: [{}, { timezone: 'America/New_York', orientation: 'portrait' }],
};

describe('both lanes produce the same bytes:', () => {
  let service: TestService;
  const { tenantId } = someUser();

  before(async () => {
    service = await startService({ orders: 2500 });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE awkward (id integer PRIMARY KEY, tenant_id uuid NOT NULL, words text, padded char(5), number numeric,
         ratio double precision, flag boolean, day date, at timestamptz, document json, "binary" jsonb, list text[])`,
    );
    await queryRows(
      service.databaseUrl,
      `INSERT INTO awkward SELECT n, $1, word, left(word, 5), CASE n % 5 WHEN 0 THEN 'NaN' WHEN 1 THEN '-Infinity' WHEN 2 THEN NULL ELSE n * -1.50 END,
         CASE n % 4 WHEN 0 THEN '-0' WHEN 1 THEN 'Infinity' WHEN 2 THEN 1e-300 ELSE n / 3.0 END, nullif(n % 3, 2)::integer::boolean,
         CASE n % 4 WHEN 0 THEN 'infinity' WHEN 1 THEN '0044-03-15 BC' WHEN 2 THEN NULL ELSE date '2026-03-29' + n::int END,
         CASE n % 4 WHEN 0 THEN '-infinity' WHEN 1 THEN '12026-01-01' WHEN 2 THEN NULL ELSE timestamptz '2026-03-29 00:59:59.123456+00' + n * interval '1 hour' END,
         CASE WHEN n % 3 > 0 THEN E'{"a" :\\n [1.50,\\t"x\\\\n"],\\r"a":2}' END::json, to_jsonb(word), ARRAY[word, NULL, '{}']
       FROM unnest($2::text[]) WITH ORDINALITY AS w (word, n)`,
      [tenantId, [...WORDS, null]],
    );
  });
  after(() => service.close());

  async function bytesBy(
    laneName: 'text' | 'row',
    dataset: Dataset,
    format: LoadedFormat,
    requested: FormatOptions,
    columns: readonly string[],
  ) {
    const options = format.options.parse(requested);
    const render = (laneName === 'text' ? format : format.rows).renderColumn(options);
    const request = { type: dataset.name, format: format.name, columns, filters: {}, options, notify: {} };
    const select = segmentSql(freezeQuery(dataset, request, ownedByTenant(dataset, tenantId), render), null, null);
    const shown = shownColumns(dataset, columns);
    const inputs = laneName === 'text' ? null : [];
    const lane = openLane(service.deps.source, () => dataset, { format, columns: shown, options }, { inputs });
    const { formatResources: resources } = service.deps;
    const bare = outlineFor(shown, { options });
    const outline = { ...bare, layout: (await format.layout?.([], bare, resources, UNORDERED)) ?? null };
    const [own = null] = format.positions?.(outline, [{ rows: 5000, member: 0 }], false) ?? [];
    const encoder = openSegment({ format, outlines: [outline] }, { ...ONLY, own }, resources);
    const file: Buffer[] = [];
    const keep = (bytes: Buffer): void => void file.push(Buffer.from(bytes));
    const session = {
      timezone: String(options.timezone ?? 'UTC'),
      tenantId,
      userId: tenantId,
      statementTimeoutMs: 60_000,
    };
    let rows = 0;
    for await (const chunk of lane.rows(select, session, new AbortController().signal)) {
      rows += chunk.rows;
      await encoder.write(chunk, keep);
    }
    await encoder.end(keep);
    return { rows, bytes: Buffer.concat(file) };
  }

  async function same(
    dataset: Dataset,
    format: LoadedFormat,
    options: FormatOptions,
    columns: readonly string[],
  ): Promise<number> {
    const [text, row] = await Promise.all([
      bytesBy('text', dataset, format, options, columns),
      bytesBy('row', dataset, format, options, columns),
    ]);
    assertSameBytes(row.bytes, text.bytes, 'the row lane');
    assert.equal(row.rows, text.rows);
    return text.rows;
  }

  for (const name of FORMATS.keys()) {
    const cases = OPTIONS[name];
    assert(cases !== undefined, `no options for ${name}`);
    for (const options of cases) {
      it(`${name} ${JSON.stringify(options)}`, async () => {
        const format = await loadFormat(name);
        for (const dataset of [...BUILT_IN_DATASETS, awkward].map(inFull)) {
          assert((await same(dataset, format, options, Object.keys(dataset.columns))) > 0, dataset.name);
        }
        assert.equal(await same(awkward, format, options, ALONE), WORDS.length + 1);
      });
    }
  }

  it('any text in any CSV dialect', async () => {
    const text = fc.string({ unit: fc.constantFrom(...WORDS.join('').split(''), ' ', ',', '"'), maxLength: 6 });
    const words = fc.array(fc.option(text), { minLength: 200, maxLength: 200 });
    const dialect = fc.record(
      {
        delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', '.', '\\', "'"),
        quoting: fc.constantFrom('minimal', 'all'),
        newline: fc.constantFrom('lf', 'crlf'),
        null_text: fc.constantFrom('', 'N', '\\N', 'null'),
        escape_formulas: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const csv = await loadFormat('CSV');
    await fc.assert(
      fc.asyncProperty(words, dialect, fc.boolean(), async (column, options, alone) => {
        fc.pre(csv.options.safeParse(options).success);
        await queryRows(service.databaseUrl, 'DELETE FROM awkward');
        await queryRows(
          service.databaseUrl,
          'INSERT INTO awkward (id, tenant_id, words, padded) SELECT n, $1, word, left(word, 5) FROM unnest($2::text[]) WITH ORDINALITY AS w (word, n)',
          [tenantId, column.map((word) => word?.toWellFormed() ?? null)],
        );
        await same(awkward, csv, options, alone ? ALONE : ['words', 'padded', 'id']);
      }),
      { numRuns: 25 },
    );
  });
});
