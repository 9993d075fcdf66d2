import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvField } from '../../support/csv-field.js';
import { copyTextField } from '../../../shared/formats/copy-text.js';
import { passThrough } from '../../../shared/formats/pass-through.js';
import { FormulaEncoder, type FormulaDialect } from '../../../shared/formats/formulas/encoder.js';
import { escapedWithin } from '../../support/formulas.js';

const UNITS = [
  ',',
  ';',
  '|',
  '\t',
  '\r',
  '\n',
  ' ',
  '"',
  '=',
  '+',
  '-',
  '@',
  '＝',
  '＠',
  'ａ',
  '￥',
  "'",
  '5',
  '.',
  'e',
];
const values = fc.array(
  fc.string({
    unit: fc.constantFrom(...UNITS, ')', '}', 'a', ',-5', ',-5}', ',-5"', ';=', ' ="', '\r\n-'),
    maxLength: 9,
  }),
  { minLength: 1, maxLength: 12 },
);

async function encoded(chunks: readonly Buffer[], dialect: FormulaDialect): Promise<string> {
  const encoder = new FormulaEncoder(passThrough, dialect);
  const out: Buffer[] = [];
  const keep = (bytes: Buffer): void => void out.push(Buffer.from(bytes));
  for (const bytes of chunks) await encoder.write({ bytes, rows: 0 }, keep);
  await encoder.end(keep);
  return Buffer.concat(out).toString();
}

function cut(text: string, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let rest = Buffer.from(text);
  for (let turn = 0; rest.length > 0; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return chunks;
}

describe('formulas behind separators within a value', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 });

  it('are prefixed with an apostrophe in every dialect of CSV, wherever the rows are split', async () => {
    const dialect = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', ':'),
      quoting: fc.constantFrom('minimal' as const, 'all' as const),
    });
    await fc.assert(
      fc.asyncProperty(values, dialect, sizes, async (cells, options, cuts) => {
        const rowOf = (texts: readonly string[]): string =>
          `${texts.map((text) => csvField(text, options)).join(options.delimiter)}\n-5${options.delimiter}+x\n`;
        const { delimiter } = options;
        const escaped = (text: string): string =>
          escapedWithin(text, { delimiter, quotes: 2, isQuoted: csvField(text, options).startsWith('"') });
        const expected = rowOf(cells.map(escaped));
        assert.equal(await encoded(cut(rowOf(cells), cuts), { delimiter, quotes: true }), expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('are prefixed with an apostrophe in TSV, where tabs and line ends within a value are written as escape sequences', async () => {
    await fc.assert(
      fc.asyncProperty(values, sizes, async (cells, cuts) => {
        const texts = cells.map((text) => copyTextField(text));
        const expected = `${texts.map((text) => escapedWithin(text, { delimiter: '\t', quotes: 4, isQuoted: false })).join('\t')}\n-5\n`;
        assert.equal(
          await encoded(cut(`${texts.join('\t')}\n-5\n`, cuts), { delimiter: '\t', quotes: false }),
          expected,
        );
      }),
      { numRuns: 2000 },
    );
  });

  const CASES: readonly (readonly [string, string])[] = [
    ['a;=1+1;b', "a;'=1+1;b"],
    ['a\t=1+1', "a\t'=1+1"],
    ['x\n=1+1', "x\n'=1+1"],
    ['x\r\n-1', "x\r\n'-1"],
    ['a|＠SUM(A1)', "a|'＠SUM(A1)"],
    ['a;"=1+1"', 'a;"\'=1+1"'],
    ['a =1+1', "a '=1+1"],
    ['a = b', 'a = b'],
    ['Müller - Söhne, +49', 'Müller - Söhne, +49'],
    ['{1,-5}', '{1,-5}'],
    ['[-5,-1)', '[-5,-1)'],
    ['1,-5+cmd', "1,'-5+cmd"],
    ['1;-5', "1;'-5"],
  ];
  for (const [value, expected] of CASES) {
    it(`${JSON.stringify(value)} becomes ${JSON.stringify(expected)}`, () => {
      assert.equal(FormulaEncoder.escape(csvField(value), { delimiter: ',', quotes: true }), csvField(expected));
    });
  }
});
