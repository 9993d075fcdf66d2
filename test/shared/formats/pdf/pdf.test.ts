import assert from 'node:assert/strict';
import { loadFormat } from '../../../../shared/formats/load-format.js';
import { PDFDocument } from 'pdf-lib';
import fc from 'fast-check';
import { warningsOf } from '../../../../shared/formats/file.js';
import type { FormatResources } from '../../../../shared/formats/encoding.js';
import { ServiceError } from '../../../../shared/errors.js';
import { hasPdfReaders, readPdf, lineOf } from '../../../conformance/read-pdf.js';
import { deeply } from '../../../support/depth.js';
import { ONLY } from '../../../support/outline.js';
import { lettersOf, makePdf, MATH_FONT, openResources, type Made } from './support.js';

const pdf = await loadFormat('PDF');

const COLUMNS = [
  { name: 'id', label: 'Number', type: 'bigint' },
  { name: 'text', label: 'Text', type: 'text' },
  { name: 'at', label: 'At', type: 'timestamptz' },
] as const;
const rows = (count: number, text = 'some text') =>
  Array.from({ length: count }, (_, index) => [String(index + 1), text, '2026-01-31 13:45:00.123456+01']);
const warnings = ({ outline, segments }: Made): [string, number][] =>
  warningsOf({ format: pdf, outlines: [outline] }, segments).map(({ code, count }) => [code, count]);

describe('a PDF', () => {
  let resources: FormatResources;
  before(async () => {
    resources = await openResources();
  });

  it('has the same bytes for any order of segments and any chunks of rows', async () => {
    const { bytes } = await makePdf(COLUMNS, rows(400), resources);
    for (const how of [{ backwards: true }, { chunk: 7 }, { chunk: 1000 }]) {
      assert.ok(bytes.equals((await makePdf(COLUMNS, rows(400), resources, how)).bytes), JSON.stringify(how));
    }
    assert.ok(bytes.equals((await makePdf(COLUMNS, rows(400), await openResources())).bytes), 'another worker');
  });

  it('has a page tree that a library can walk, even with many segments', async () => {
    const made = await makePdf(COLUMNS, rows(8000), resources, { pagesPerSegment: 1 });
    assert.ok(made.segments.length > 128);
    const document = await PDFDocument.load(made.bytes, { updateMetadata: false });
    assert.equal(document.getPageCount(), made.segments.length);
    assert.equal(document.getTitle(), 'Things');
    assert.equal(document.getCreationDate()?.toISOString(), '2026-11-25T10:20:30.000Z');
    const { width, height } = document.getPage(100).getSize();
    assert.ok(width < height, 'three columns fit a portrait page');
  });

  it('is small if it has only three rows', async () => {
    const { bytes } = await makePdf(COLUMNS, rows(3), resources);
    assert.ok(bytes.length < 40_000, String(bytes.length));
  });

  it('is landscape with many columns, or on request', async () => {
    const many = Array.from({ length: 12 }, (_, index) => `measurement_${index}`);
    const size = async (columns: Parameters<typeof makePdf>[0], options = {}) => {
      const { bytes } = await makePdf(columns, [], resources, { options });
      const document = await PDFDocument.load(bytes);
      return Object.values(document.getPage(0).getSize()).map(Math.round);
    };
    assert.deepEqual(await size(COLUMNS), [595, 842]);
    assert.deepEqual(await size(many), [842, 595]);
    assert.deepEqual(await size(many, { orientation: 'portrait', page_size: 'letter' }), [612, 792]);
    assert.deepEqual(await size(COLUMNS, { orientation: 'landscape', page_size: 'letter' }), [792, 612]);
  });

  it('counts characters that no font has; an additional font may have them', async () => {
    const text = '𝒜 🙂 \u200b\u{e0100} é';
    assert.deepEqual(warnings(await makePdf(COLUMNS, rows(2, text), resources)), [['PDF_MISSING_GLYPHS', 4]]);
    const withMath = await openResources([MATH_FONT]);
    assert.deepEqual(warnings(await makePdf(COLUMNS, rows(2, text), withMath)), [['PDF_MISSING_GLYPHS', 2]]);
  });

  it('opens a large font when a text needs it, and embeds only the characters used', async () => {
    const withNames = (...names: string[]) =>
      makePdf(
        COLUMNS,
        names.flatMap((name) => rows(1, name)),
        resources,
      );
    const latin = (await withNames('Anna')).bytes;
    const han = (await withNames('山田太郎', '王小明', '김철수')).bytes;
    assert.ok(!latin.includes('NotoSans') && han.includes('NotoSansSC') && han.includes('NotoSansKR'));
    assert.ok(han.length < latin.length + 25_000, `${latin.length} and ${han.length} bytes`);
  });

  deeply('has every character of the legacy encodings of China, Taiwan, Japan and Korea', async () => {
    for (const encoding of ['gb18030', 'big5', 'shift_jis', 'euc-kr']) {
      const made = await makePdf(
        COLUMNS,
        lettersOf(encoding).map((text) => ['1', text, null]),
        resources,
      );
      assert.deepEqual(
        warnings(made).filter(([code]) => code === 'PDF_MISSING_GLYPHS'),
        [],
        encoding,
      );
    }
  });

  it('rejects rows beyond its planned pages, and fonts that differ from its plan', async () => {
    const { outline, segments } = await makePdf(COLUMNS, rows(3), resources);
    const position = { ...ONLY, ...segments[0]?.position, pages: 0 };
    const encoder = pdf.createEncoder(position, outline, resources);
    await encoder.write({ bytes: Buffer.from('1\ta\tb\n'), rows: 1 }, () => undefined);
    const code = (expected: string) => (error: unknown) => error instanceof ServiceError && error.code === expected;
    await assert.rejects(async () => encoder.end(() => undefined), code('PLAN_OUTGROWN'));
    const others = await openResources([MATH_FONT]);
    assert.throws(() => pdf.createEncoder(position, outline, others), code('WORKER_OUTDATED'));
    assert.throws(() => pdf.tail(outline, segments, others), code('WORKER_OUTDATED'));
  });

  it('leaves room between segments if the first plan was outgrown', async () => {
    const { outline } = await makePdf(COLUMNS, rows(3), resources);
    const cuts = [1000, 1000].map((count) => ({ rows: count, member: 0 }));
    const [[, tight], [, loose]] = [false, true].map(
      (withHeadroom) => pdf.positions?.(outline, cuts, withHeadroom) ?? [],
    ) as [{ firstPage: number }[], { firstPage: number }[]];
    assert.ok((loose?.firstPage ?? 0) > (tight?.firstPage ?? 0));
  });

  describe('read by qpdf and Poppler', () => {
    before(async function () {
      if (!(await hasPdfReaders())) this.skip();
    });

    it('shows every digit of a number that is wider than its column, and cuts text', async () => {
      const digits = `${'1234567890'.repeat(4)}.5`;
      const cells = [[digits, 'a long text, '.repeat(40), null], ...rows(2)];
      const made = await makePdf(COLUMNS, cells, resources);
      const read = await readPdf(made.bytes);
      assert.match(lineOf(read, digits), /a long text, .*…$/);
      assert.deepEqual(warnings(made), [['PDF_CLIPPED_CELLS', 1]]);
    });

    it('shows labels on one line if there is room, and otherwise on two', async () => {
      const label = 'Number of the customer';
      const columns = (count: number) =>
        Array.from({ length: count }, (_, index) => ({ name: `c${index}`, label, type: 'integer' as const }));
      const linesOf = async (count: number) => {
        const { pages } = await readPdf((await makePdf(columns(count), [Array(count).fill('7')], resources)).bytes);
        return pages[0]?.split('\n').filter((line) => line.includes('customer'));
      };
      assert.deepEqual(
        (await linesOf(4))?.map((line) => line.split(label).length - 1),
        [4],
      );
      assert.deepEqual(
        (await linesOf(20))?.map((line) => line.includes(label)),
        [false],
      );
    });

    it('shows any text unchanged, in any font and plane', async () => {
      const words = fc.array(
        fc.string({
          unit: fc.constantFrom(...Array.from('aZ9()\\ÿñ€–“”ŁжЯλ山𝒜🙂…\r\n\t')),
          minLength: 1,
          maxLength: 12,
        }),
        { minLength: 10, maxLength: 60 },
      );
      const fonts = await openResources([MATH_FONT]);
      await fc.assert(
        fc.asyncProperty(words, async (texts) => {
          const marked = texts.map((text) => `<${text}>`);
          const cells = marked.map((text, index) => [String(index + 1), text, null]);
          const { pages } = await readPdf((await makePdf(COLUMNS, cells, fonts)).bytes);
          const text = pages.join('').replace(/\s+/g, '');
          for (const one of marked) assert.ok(text.includes(one.replace(/\s+/g, '')), JSON.stringify(one));
        }),
        { numRuns: 10 },
      );
    });
  });
});
