import assert from 'node:assert/strict';
import { codePointsOf } from '../../../../shared/formats/pdf/codes.js';
import { measureText } from '../../../../shared/formats/pdf/measure.js';
import { layOutLine } from '../../../../shared/formats/pdf/shaping/line.js';
import { ShaperNeeded } from '../../../../shared/formats/pdf/shaping/shaper.js';
import { openPdfResources } from '../../../../shared/startup/open-pdf-resources.js';
import { hasPdfReaders, lineOf, readPdf } from '../../../conformance/read-pdf.js';
import { makePdf, openResources } from './support.js';

const COLUMNS = [
  { name: 'id', label: 'Number', type: 'bigint' },
  { name: 'name', label: 'Name', type: 'text' },
  { name: 'note', label: 'Note', type: 'text' },
] as const;

const NAMES = {
  Japanese: '山田太郎 ひらがな カタカナ',
  'Japanese, a rare character': '𠮷野家',
  Chinese: '王小明 张伟 繁體中文',
  Korean: '김철수',
  Hebrew: 'שלום עולם',
  'Hebrew with points': 'שָׁלוֹם',
  Arabic: 'محمد علي',
  'Arabic with ligatures': 'السلام عليكم ورحمة الله لا إله',
  'Persian with a joiner': 'می‌خواهم',
  Thai: 'สมชาย ใจดี ที่นี่น้ำ',
  Devanagari: 'विक्रम श्री कृष्ण क्षत्रिय हिन्दी',
};
const rowsOf = (names: readonly string[]): string[][] => names.map((name, index) => [String(index + 1), name, 'x']);
/** Removes the direction marks that pdftotext adds. */
const withoutMarks = (text: string): string => text.replace(/[\u202a-\u202e]/g, '');

describe('names in a PDF', () => {
  describe('read by qpdf and Poppler', () => {
    before(async function () {
      if (!(await hasPdfReaders())) this.skip();
    });

    it('can be copied as they were written, in reading order', async () => {
      const names = Object.values(NAMES);
      const read = await readPdf((await makePdf(COLUMNS, rowsOf(names), await openResources())).bytes);
      for (const [index, name] of names.entries()) {
        const line = withoutMarks(lineOf(read, String(index + 1)));
        assert.equal(line.replace(/^\d+ +/, '').replace(/ +x$/, ''), name, Object.keys(NAMES)[index]);
      }
    });

    it('can be copied from titles and labels, too', async () => {
      const columns = [{ name: 'a', label: 'الاسم', type: 'text' } as const];
      const options = { title: 'הזמנות' };
      const { pages } = await readPdf((await makePdf(columns, [['x']], await openResources(), { options })).bytes);
      const text = withoutMarks(pages.join(''));
      assert.ok(text.includes('הזמנות') && text.includes('الاسم'), text);
    });

    it('are cut at their end if they are too long, in either direction', async () => {
      const long = { arabic: 'محمد علي '.repeat(40), thai: 'สมชาย ใจดี '.repeat(40) };
      const cells = [['1', long.arabic, long.thai], ...rowsOf(['x', 'y'])];
      const line = withoutMarks(
        lineOf(await readPdf((await makePdf(COLUMNS, cells, await openResources())).bytes), '1'),
      );
      assert.match(line, /^1 +….*محمد علي محمد علي/u);
      assert.match(line, /สมชาย ใจดี สมชาย .*…$/u);
    });
  });

  it('produce the same bytes with any encoder and any chunks', async () => {
    const names = Array.from({ length: 300 }, (_, index) => Object.values(NAMES)[index % 11] ?? '');
    const { bytes } = await makePdf(COLUMNS, rowsOf(names), await openResources(), { pagesPerSegment: 1 });
    for (const how of [{ backwards: true }, { chunk: 7 }, { chunk: 1000 }]) {
      const again = await makePdf(COLUMNS, rowsOf(names), await openResources(), { pagesPerSegment: 1, ...how });
      assert.ok(bytes.equals(again.bytes), JSON.stringify(how));
    }
  });

  it('in simple alphabets are drawn without a shaper and without further fonts', async () => {
    const resources = await openResources();
    await makePdf(COLUMNS, rowsOf(['Zażółć gęślą', 'Иванов Пётр', 'Ελληνικά']), resources);
    const fonts = resources.pdf?.fonts() ?? assert.fail();
    assert.throws(() => measureText(fonts.body, 'محمد'), ShaperNeeded);
    await makePdf(COLUMNS, rowsOf(['محمد']), resources);
    assert.ok(measureText(fonts.body, 'محمد') > 1000);
  });

  describe('after shaping', () => {
    let body: Parameters<typeof layOutLine>[0];
    before(async () => {
      const fonts = (await openPdfResources({})).fonts();
      await fonts.shaper.load();
      ({ body } = fonts);
    });
    const shownRuns = (text: string) =>
      layOutLine(body, codePointsOf(text)).runs.map((run) =>
        run.kind === 'plain' ? String.fromCodePoint(...run.points) : `${run.face.id}<${run.clusters.length}>`,
      );

    it('are in visual order, even with digits and Latin letters in between', () => {
      assert.deepEqual(shownRuns('Ana محمد 12 end'), ['Ana ', '12', '0<5>', ' end']);
      assert.deepEqual(shownRuns('مرحبا Hello'), ['Hello', '0<6>']);
    });

    it('have joined letters, and vowels on the correct side of their consonants', () => {
      const glyphs = (text: string) =>
        layOutLine(body, codePointsOf(text)).runs.flatMap((run) =>
          run.kind === 'plain' ? [] : run.clusters.flatMap((cluster) => cluster.glyphs.map(({ id }) => id)),
        );
      const alone = Array.from('محمد').map((letter) => glyphs(letter)[0]);
      assert.equal(glyphs('محمد').filter((glyph) => alone.includes(glyph)).length, 0);
      const [ka, i] = ['क', 'ि'].map((letter) => glyphs(letter));
      assert.deepEqual([glyphs('कि').length, glyphs('कि').at(-1)], [2, ka?.[0]]);
      assert.ok(i !== undefined);
      assert.ok(glyphs('क्ष').length === 1, 'a conjunct');
    });

    it('are measured as wide as they are drawn', () => {
      for (const text of [...Object.values(NAMES), 'Ana محمد (12) end']) {
        const { runs } = layOutLine(body, codePointsOf(text));
        const drawn = runs.reduce(
          (sum, run) =>
            run.kind === 'plain'
              ? sum + run.points.reduce((width, point) => width + body.widthOf(point), 0)
              : sum + run.clusters.reduce((width, { advance }) => width + advance, 0),
          0,
        );
        assert.equal(measureText(body, text), drawn, text);
      }
    });
  });
});
