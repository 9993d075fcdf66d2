import assert from 'node:assert/strict';
import { defineDataset } from '../../shared/datasets/index.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { DEEP, deeply, LONG } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { needProgram, orSkip } from '../support/or-skip.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { itTogether } from '../support/together.js';
import { savedFile } from './contents.js';
import { allOpenedByLibreOffice } from './libreoffice.js';

/** Headers and labels, text of every kind, documents and a computed column, all with formulas in them. */
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

/** The separators in LibreOffice's import dialog, its default selection, and a program that ignores quotes. */
const READINGS = {
  commas: '44,34',
  semicolons: '59,34',
  tabs: '9,34',
  bars: '124,34',
  blanks: '32,34',
  'tabs, commas and semicolons': '9/44/59,34',
  'all of them, and no quotes': '9/44/59/124/32,0',
} as const;

const SINGLE = ['commas', 'tabs', 'bars', 'blanks'];

/** The formulas that LibreOffice finds in each file. */
async function formulasIn(files: readonly Buffer[], reading: string): Promise<string[][]> {
  const filter = `--infilter=Text - txt - csv (StarCalc):${reading},76,1,,1033,false,true`;
  const saved = await Promise.all(files.map((file) => savedFile(file, 'csv')));
  const workbooks = await allOpenedByLibreOffice(saved, [filter]);
  return workbooks.map(({ sheets }) =>
    sheets.flatMap(({ rows }) => rows.flat().flatMap((cell) => (cell?.kind === 'other' ? [cell.value] : []))),
  );
}

/** A program that only splits the file at one separator. */
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
  const { tenantId } = someUser();

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
      [tenantId, WORDS],
    );
  });
  after(() => closeCleanly(service));

  const made = new Map<string, Promise<Buffer>>();
  /** Exports each file once, however many programs read it. */
  function file(columns: readonly string[], { format, options }: Dialect, escape = true): Promise<Buffer> {
    const escaping = escape ? {} : { escape_formulas: false };
    const body = { type: 'traps', format, columns, options: { ...options, ...escaping } };
    const key = JSON.stringify(body);
    const making = made.get(key) ?? exportFile(service, someUser(), body).then(({ bytes }) => bytes);
    made.set(key, making);
    return making;
  }

  const dialects = DIALECTS.slice(0, DEEP ? undefined : 2);
  const nameOf = ({ format, options }: Dialect): string => `${format} ${JSON.stringify(options)}`;

  itTogether(dialects, {
    title: (dialect) => `has no formula wherever a program splits the file: ${nameOf(dialect)}`,
    work: async (dialect) => {
      for (const columns of [PLAIN, ALL]) {
        const bytes = await file(columns, dialect);
        for (const separator of SEPARATORS) {
          const found = splitAt(bytes, separator).filter((cell) => RUNS.test(cell));
          assert.deepEqual(found, [], `split at ${JSON.stringify(separator)}`);
        }
        const plain = await file(columns, dialect, false);
        for (const separator of [',', ';']) assert.ok(splitAt(plain, separator).some((cell) => RUNS.test(cell)));
      }
    },
  });

  /** The formulas that LibreOffice finds in a file of each dialect. */
  async function foundByLibreOffice(reading: string, escape: boolean): Promise<Record<string, string[]>> {
    const files: Buffer[] = [];
    for (const dialect of dialects) files.push(await file(ALL, dialect, escape));
    const found = await formulasIn(files, reading);
    return Object.fromEntries(dialects.map((dialect, index) => [nameOf(dialect), found[index] ?? []]));
  }
  const NONE = Object.fromEntries(dialects.map((dialect) => [nameOf(dialect), []]));

  for (const [separators, reading] of Object.entries(READINGS)) {
    // The tests above split at each separator; long runs also let LibreOffice do that.
    if (!LONG && SINGLE.includes(separators)) continue;
    const test = separators === 'semicolons' ? it : deeply;
    test(`is no formula in LibreOffice with these separators: ${separators}`, async function () {
      await orSkip(this, () => needProgram('soffice'));
      assert.deepEqual(await foundByLibreOffice(reading, true), NONE);
    });
  }

  deeply("is a formula in LibreOffice if it isn't escaped", async function () {
    await orSkip(this, () => needProgram('soffice'));
    const found = await foundByLibreOffice(READINGS['all of them, and no quotes'], false);
    for (const [dialect, formulas] of Object.entries(found)) assert.notDeepEqual(formulas, [], dialect);
  });
});
