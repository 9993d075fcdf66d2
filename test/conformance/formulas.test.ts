import assert from 'node:assert/strict';
import { defineDataset } from '../../shared/datasets/index.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { DEEP, deeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { needProgram, orSkip } from '../support/or-skip.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { savedFile } from './contents.js';
import { openedByLibreOffice } from './libreoffice.js';

/** Headers and labels, text of every kind, documents, and what a column computes: all with formulas in them. */
const traps = defineDataset({
  name: 'traps',
  title: 'Traps',
  table: 'traps',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'integer', label: '=1+1' },
    words: { type: 'text', label: 'a;=1+1;b' },
    padded: { type: 'char', label: 'a|=1+1' },
    list: { type: 'other', label: 'x =1+1' },
    document: { type: 'json', label: '"=1+1"' },
    binary: { type: 'jsonb', label: '@SUM(A1)' },
    amount: { type: 'numeric' },
    '=1+1': { type: 'integer' },
    'a;=1+1;b': { type: 'integer' },
  },
  computed: {
    echo: { type: 'text', from: ['words'], compute: ({ words }) => words },
    echoed: { type: 'jsonb', from: ['words'], compute: ({ words }) => [words, -5] },
  },
});
const PLAIN = Object.keys(traps.columns);
const ALL = [...PLAIN, 'echo', 'echoed'];

const SEPARATORS = [',', ';', '\t', '|', ' '];
const WORDS = [
  ...['=1+1', '+1+1', '-1+1', '@SUM(A1)', '＝1+1', '"=1+1"', '\ufeff=1+1', '\t=1+1', '\r=1+1', '\n=1+1'],
  ...SEPARATORS.flatMap((separator) => [
    `a${separator}=1+1`,
    `a${separator}=1+1${separator}b`,
    `a${separator}"=1+1"`,
    `"${separator}=1+1${separator}"`,
    `a${separator}=1+1${separator}"x",${separator}`,
  ]),
  ...['x\n=1+1', 'x\r\n=1+1;', 'x\r=1+1', 'x\n"=1+1"', 'x\n-1+1', 'x\n\n=1+1,y', 'a;@SUM(A1)', 'a;＝1+1', 'a,-5+1'],
  ...['plain', 'a = b', 'Müller - Söhne', '', 'one\n\ntwo'],
];

interface Dialect {
  readonly format: 'CSV' | 'TSV';
  readonly options: Readonly<Record<string, unknown>>;
}
const DIALECTS: readonly Dialect[] = [
  { format: 'CSV', options: {} },
  { format: 'TSV', options: {} },
  { format: 'CSV', options: { preset: 'excel' } },
  { format: 'CSV', options: { header: 'labels', quoting: 'all', newline: 'crlf' } },
  { format: 'CSV', options: { delimiter: '\t', header: 'labels' } },
  { format: 'CSV', options: { delimiter: '|', header: false, null_text: 'NULL' } },
  { format: 'CSV', options: { delimiter: ' ' } },
];

/** The separators that LibreOffice's dialog offers, what it has ticked at first, and a program that knows no quotes. */
const READINGS: Readonly<Record<string, string>> = {
  commas: '44,34',
  semicolons: '59,34',
  tabs: '9,34',
  bars: '124,34',
  blanks: '32,34',
  'tabs, commas and semicolons': '9/44/59,34',
  'all of them, and no quotes': '9/44/59/124/32,0',
};

async function formulasIn(file: Buffer, reading: string): Promise<string[]> {
  const filter = `--infilter=Text - txt - csv (StarCalc):${reading},76,1,,1033,false,true`;
  const { sheets } = await openedByLibreOffice(await savedFile(file, 'csv'), [filter]);
  return sheets.flatMap(({ rows }) => rows.flat().flatMap((cell) => (cell?.kind === 'other' ? [cell.value] : [])));
}

/** A program that knows nothing of the file but one separator. */
const splitAt = (file: Buffer, separator: string): string[] =>
  file
    .toString()
    .replace(/^\ufeff/, '')
    .split(/[\r\n]/)
    .flatMap((line) => line.split(separator));
const RUNS = /^"{0,2}[=@＝]./;

describe('text in CSV and TSV', function () {
  this.timeout(300_000);
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 100, datasets: [traps] });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE traps (id int PRIMARY KEY, tenant_id uuid, words text, padded char(30), list text[], document json,
         "binary" jsonb, amount numeric, "=1+1" int, "a;=1+1;b" int)`,
    );
    await queryRows(
      service.databaseUrl,
      `INSERT INTO traps SELECT id, $1, word, word, ARRAY[word, '=1'], format(E'{"a":%s,"b":[1,-5,\\n-6]}', to_json(word))::json,
         jsonb_build_array(word, word || ';=1', -5), -5, -1, 1 FROM unnest($2::text[]) WITH ORDINALITY AS t (word, id)`,
      [me.tenantId, WORDS],
    );
  });
  after(() => closeCleanly(service));

  const file = async (columns: readonly string[], { format, options }: Dialect, escape = true): Promise<Buffer> =>
    (
      await exportFile(service, me, {
        type: 'traps',
        format,
        columns,
        options: { ...options, ...(escape ? {} : { escape_formulas: false }) },
      })
    ).bytes;

  for (const dialect of DIALECTS.slice(0, DEEP ? undefined : 2)) {
    const name = `${dialect.format} ${JSON.stringify(dialect.options)}`;

    it(`is no formula wherever a program splits the file: ${name}`, async () => {
      for (const columns of [PLAIN, ALL]) {
        const bytes = await file(columns, dialect);
        for (const separator of SEPARATORS) {
          const found = splitAt(bytes, separator).filter((cell) => RUNS.test(cell));
          assert.deepEqual(found, [], `split at ${JSON.stringify(separator)}`);
        }
        const plain = await file(columns, dialect, false);
        for (const separator of [',', ';']) assert.ok(splitAt(plain, separator).some((cell) => RUNS.test(cell)));
      }
    });

    const checks = dialect === DIALECTS[0] ? it : deeply;
    checks(`is no formula in LibreOffice, whatever it separates at: ${name}`, async function () {
      await orSkip(this, () => needProgram('soffice'));
      const bytes = await file(ALL, dialect);
      const plain = await file(ALL, dialect, false);
      const readings = Object.entries(READINGS).slice(...(DEEP ? [] : [1, 2]));
      for (const [separators, reading] of readings) assert.deepEqual(await formulasIn(bytes, reading), [], separators);
      const [, everything = ''] = readings.at(-1) ?? [];
      assert.notDeepEqual(await formulasIn(plain, everything), [], 'it runs those of a plain file');
    });
  }
});
