import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LONG } from '../../support/depth.js';
import { orSkip } from '../../support/or-skip.js';
import { stack } from '../../support/stack.js';
import { compare } from './compare.js';
import { QUIRKS } from './quirks.js';
import { READERS, spreadsheetPython, type XlsxReader } from './readers.js';
import { outputOf } from './run-program.js';
import { VALIDATORS } from './validators.js';
import { boolean, clock, number, text, time, type Cell, type Workbook } from './workbook.js';

const MOMENT = 'yyyy-mm-dd hh:mm:ss';
const SHEET = 'xl/worksheets/sheet1.xml';

const TEXTS = [
  ...[
    'plain',
    'a & b < c > "d" \'e\' ]]>',
    ' begin',
    'end ',
    '  ',
    'a  b   c',
    'two\nlines',
    '\n',
    ' \n ',
    '\t',
    'a\tb',
  ],
  ...['cr\rx', 'crlf\r\nx', '_x0041_', '_x000D_', '\x01 control \x1f', '\x0b', '\x7f', '\u2028', '\ufeffmark', '＝1'],
  ...['é 🙂 山', '=1+1', '-5.20', '', 'NULL', 'x'.repeat(32_767), '<t>', '&amp;'],
];
const NUMBERS = [1, 0.25, 5e-324, 1.7e308, -5.2, 123456789012345, 1e21, 1234567.89, 1e-7, 0];
const TIMES = [
  ...['2026-03-29T02:30:00.123', '1900-03-01T00:00:00.000', '9999-12-31T23:59:59.999', '9999-12-31T00:00:00.000'],
  ...['2026-10-25T02:30:00.001', '2026-01-01T23:59:59.999', '2000-02-29T12:34:56.789', '2026-01-01T12:00:00.500'],
];
const MIXED = [number(7), text('NaN'), text('12345678901234567890'), null, text('007'), text('1e400'), number(0.5)];
const LATE = [time('2026-01-01T00:00:00.000'), text('1850-01-01'), text('infinity'), null, text('0044-03-15 BC')];

const LOOSE = [text('x'), number(5.5), boolean(true), time('2026-03-29T02:30:00.123')];
const CLOCKS = ['02:30:00.000', '23:59:59.123', '12:34:56.789'];

const KNOWN: Workbook = (() => {
  const header = ['id', 'number', 'flag', 'at', 'text', 'mixed', 'late', 'loose', 'clock', 'last'].map(text);
  const nth = (cells: readonly Cell[], n: number): Cell => cells[n % cells.length] ?? null;
  const rows = TEXTS.map((value, n) => [
    number(n),
    nth(NUMBERS.map(number), n),
    nth([boolean(true), boolean(false), null], n),
    nth(TIMES.map(time), n),
    text(value),
    nth(MIXED, n),
    nth(LATE, n),
    nth(LOOSE, n),
    nth(CLOCKS.map(clock), n),
    text(`row ${n}`),
  ]);
  const sheets = [
    { name: 'Orders', rows: [header, ...rows] },
    { name: 'Orders 2', rows: [header, ...rows.slice(0, 2)] },
  ];
  return { sheets };
})();

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The same workbook with a different cell in the first sheet. */
const withCell = (row: number, column: number, cell: Cell): Workbook => ({
  sheets: KNOWN.sheets.map((sheet, n) => ({
    ...sheet,
    rows: n === 0 ? sheet.rows.map((cells, r) => (r === row ? cells.with(column, cell) : cells)) : sheet.rows,
  })),
});

/**
 * Tests the readers themselves, with workbooks that another program wrote or that were corrupted. Only in long runs,
 * and again whenever the version of a reader changes.
 */
(LONG ? describe : () => undefined)('spreadsheet readers', function () {
  this.timeout(180_000);
  let file: string;
  const newFile = (): string => join(stack().dataDir, 'xlsx', `${randomUUID()}.xlsx`);

  before(async function () {
    await mkdir(join(stack().dataDir, 'xlsx'), { recursive: true });
    const env = await orSkip(this, spreadsheetPython);
    file = newFile();
    await outputOf('python3', [here('write.py'), file], { env, input: JSON.stringify(KNOWN) });
  });

  async function spoilt(part: string, ...change: string[]): Promise<string> {
    const copy = newFile();
    await outputOf('python3', [here('spoil.py'), file, copy, part, ...change]);
    return copy;
  }

  async function complaint({ name, read }: XlsxReader, path: string): Promise<string> {
    try {
      return compare(name, KNOWN, await read(path)).differences.join();
    } catch (error) {
      return String(error);
    }
  }

  for (const reader of READERS) {
    describe(reader.name, () => {
      before(function () {
        return orSkip(this, () => reader.prepare());
      });

      it('shows what XlsxWriter wrote, except for known quirks, all of which still exist', async () => {
        const shown = await reader.read(file);
        const { differences, quirks } = compare(reader.name, KNOWN, shown);
        assert.deepEqual(differences, []);
        const known = QUIRKS.filter(({ readers, elsewhere }) => readers.includes(reader.name) && elsewhere !== true);
        assert.deepEqual(
          known.filter((quirk) => !quirks.has(quirk)).map(({ why }) => why),
          [],
        );
        for (const [column, cell] of [
          number(1),
          number(3),
          boolean(false),
          time(TIMES[1] ?? ''),
          text('plain '),
        ].entries()) {
          assert.equal(
            compare(reader.name, withCell(1, column, cell), shown).differences.length,
            1,
            JSON.stringify(cell),
          );
        }
        const [first, second] = KNOWN.sheets;
        assert(first !== undefined && second !== undefined);
        assert.notDeepEqual(compare(reader.name, { sheets: [second, first] }, shown).differences, []);
        assert.notDeepEqual(compare(reader.name, { sheets: [first] }, shown).differences, []);
      });

      it('notices a wrong value, a truncated sheet, and a missing one', async () => {
        const value = await spoilt(SHEET, '<v>1234567.89</v>', '<v>1234567.88</v>');
        assert.match(
          await complaint(reader, value),
          /^Orders, row 9, column 2: number 1234567.88, not number 1234567.89$/,
        );
        const [broken, missing] = await Promise.all([spoilt(SHEET, '<row r="9"'), spoilt(SHEET)]);
        assert.notEqual(await complaint(reader, broken), '');
        assert.notEqual(await complaint(reader, missing), '');
      });
    });
  }

  it('openpyxl also reads formats, filters and frozen panes', async function () {
    const reader = READERS.find(({ name }) => name === 'openpyxl');
    assert(reader !== undefined);
    await orSkip(this, () => reader.prepare());
    const looks = (await reader.read(file)).sheets.map((sheet) => sheet.looks);
    assert.deepEqual(looks[1], {
      freeze: 'A2',
      filter: 'A1:J3',
      bold: Array<boolean>(10).fill(true),
      widths: Array<number>(10).fill(12.7109375),
      formats: [
        'General',
        'General',
        'General',
        MOMENT,
        'General',
        'General',
        MOMENT,
        'General',
        'hh:mm:ss',
        'General',
      ],
    });
  });

  /** Corruptions that each validator must notice: [part, text, replacement]. A part without text is removed. */
  const SPOILT: Readonly<Record<string, readonly (readonly [string, ...string[]])[]>> = {
    'the schemas of ECMA-376': [
      [SHEET],
      ['xl/styles.xml'],
      ['[Content_Types].xml'],
      ['xl/_rels/workbook.xml.rels'],
      [SHEET, '<row r="2"', '<row r="2" colour="red"'],
      [SHEET, '<row r="3"', '<row r="2"'],
      [SHEET, '<c r="B2"', '<c r="A2"'],
      [SHEET, ' s="2"', ' s="9"'],
      [SHEET, '<v>1</v>', '<w>1</w>'],
      [SHEET, 't="b"', 't="boolean"'],
      ['[Content_Types].xml', 'worksheet+xml', 'sheet+xml'],
      ['docProps/core.xml', '<dcterms:created', '<dcterms:made/><dcterms:created'],
      ['docProps/app.xml', '<Application>', '<Program/><Application>'],
      ['xl/theme/theme1.xml', '<a:clrScheme', '<a:colours/><a:clrScheme'],
      ['xl/_rels/workbook.xml.rels', 'worksheets/sheet1.xml', 'worksheets/sheet9.xml'],
    ],
    'the Open XML SDK': [
      [SHEET],
      ['[Content_Types].xml'],
      [SHEET, '<row r="2"', '<row r="2" colour="red"'],
      [SHEET, '<v>1</v>', '<w>1</w>'],
      [SHEET, ' s="2"', ' s="9"'],
    ],
  };

  for (const validator of VALIDATORS) {
    describe(validator.name, () => {
      before(function () {
        return orSkip(this, () => validator.prepare());
      });

      it('reports no problem in what XlsxWriter has written', async () => {
        assert.deepEqual(await validator.problems(file), []);
      });

      it('detects changed bytes', async () => {
        const bytes = await readFile(file);
        const at = bytes.indexOf(SHEET) + 200;
        bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
        const copy = newFile();
        await writeFile(copy, bytes);
        assert.notDeepEqual(await validator.problems(copy), []);
      });

      const spoils = SPOILT[validator.name];
      if (spoils === undefined) return;
      it('detects every violation', async () => {
        for (const [part, ...change] of spoils) {
          const problems = await validator.problems(await spoilt(part, ...change));
          assert.notDeepEqual(problems, [], [part, ...change].join(' '));
        }
      });
    });
  }
});
