import assert from 'node:assert/strict';
import fc from 'fast-check';
import { copyTextLane } from '../../../../shared/formats/copy-text.js';
import { columnLetters, MAX_CELL_TEXT, type CellKind } from '../../../../shared/formats/xlsx/cells.js';
import { SheetEncoder } from '../../../../shared/formats/xlsx/sheet-encoder.js';
import { textCell } from '../../../../shared/formats/xlsx/text.js';

type Row = readonly (string | null)[];

const write = copyTextLane(() => (quoted) => quoted).createWriter([], {});

/** Encodes rows that arrive in pieces of these sizes, repeated. @returns the XML and the segment's summary */
async function encode(kinds: readonly CellKind[], rows: readonly Row[], { firstRow = 2, sizes = [1 << 20] } = {}) {
  const encoder = new SheetEncoder(
    kinds.map((kind) => ({ kind, style: 0 })),
    firstRow,
  );
  const bytes = write(rows);
  const out: Buffer[] = [];
  const keep = (piece: Buffer): void => void out.push(Buffer.from(piece));
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    // Readers overwrite a piece as soon as the encoder is done with it.
    const piece = Buffer.from(bytes.subarray(at, at + (sizes[turn % sizes.length] ?? 1)));
    await encoder.write({ bytes: piece, rows: piece.filter((byte) => byte === 0x0a).length }, keep);
    at += piece.length;
    piece.fill(0);
  }
  return { summary: await encoder.end(keep), xml: Buffer.concat(out).toString() };
}

const cellOf = async (kind: CellKind, text: string): Promise<string> => {
  const { xml } = await encode([kind], [[text]]);
  return /^<row r="2"><c r="A2"(.*)<\/c><\/row>$/.exec(xml)?.[1] ?? xml;
};
const asText = (text: string): string => textCell('', text).slice('<c'.length, -'</c>'.length);

/** Days since 1899-12-30, by JavaScript's calendar. */
const serial = (isoTime: string): number => (Date.parse(isoTime) - Date.UTC(1899, 11, 30)) / 86_400_000;

describe('rows of a sheet', () => {
  const unit = fc.oneof(
    fc.constantFrom(
      'a',
      ' ',
      '&',
      '<',
      '>',
      '"',
      "'",
      '_',
      'x',
      '0',
      '\n',
      '\r',
      '\t',
      '\\',
      '\b',
      '\v',
      '\u0001',
      '\u007f',
    ),
    fc.constantFrom('é', '🙂', '\ufffe', '\uffff', '\ufeff', '\uf000', '_x0041_', ']]>'),
  );
  const text = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''));
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map(String);
  const row = fc.tuple(fc.option(text), fc.option(number), fc.option(fc.constantFrom('t', 'f')), fc.option(text));
  const kinds = ['text', 'double', 'boolean', 'text'] as const;

  const expected = (rows: readonly Row[], firstRow: number): string =>
    rows
      .map((cells, index) => {
        const r = firstRow === 0 ? '' : String(firstRow + index);
        const items = cells.map((cell, column) => {
          const at = r === '' ? '' : ` r="${columnLetters(column)}${r}"`;
          if (cell === null) return r === '' ? '<c/>' : '';
          if (kinds[column] === 'text') return textCell(at, cell);
          return column === 1 ? `<c${at}><v>${cell}</v></c>` : `<c${at} t="b"><v>${cell === 't' ? 1 : 0}</v></c>`;
        });
        return `<row${r === '' ? '' : ` r="${r}"`}>${items.join('')}</row>`;
      })
      .join('');

  it('are the same however their bytes are split on arrival', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 1, 2, 9, 98, 999_990),
        async (rows, sizes, firstRow) => {
          const { xml } = await encode(kinds, rows, { firstRow, sizes });
          assert.equal(xml, expected(rows, firstRow));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are numbered correctly across every power of ten, even if there are many', async () => {
    const rows = Array.from({ length: 120_000 }, (_, index): Row => [`row ${index}`, String(index), 't', null]);
    const { xml } = await encode(kinds, rows, { sizes: [7919] });
    assert.ok(xml === expected(rows, 2), 'the rows differ from the expected XML');
  });
});

describe('a cell', () => {
  const NUMBERS: readonly (readonly [kind: CellKind, text: string, isNumber: boolean])[] = [
    ...(
      ['0', '-5.20', '123456789012345', '-123456789012345', '0.000000000012345', '12300000000000000000'] as const
    ).map((digits) => ['exact', digits, true] as const),
    ...(['1234567890123456', '9007199254740993', '0.1234567890123456', '100000000000000000001'] as const).map(
      (digits) => ['exact', digits, false] as const,
    ),
    ['exact', `1${'0'.repeat(309)}`, false],
    ['exact', `0.${'0'.repeat(310)}1`, false],
    ['exact', `0.${'0'.repeat(40)}`, true],
    ...(['NaN', 'Infinity', '-Infinity'] as const).flatMap((word) => [
      ['exact', word, false] as const,
      ['double', word, false] as const,
    ]),
    ...(['0.30000000000000004', '5e-324', '1.7976931348623157e+308', '-0'] as const).map(
      (digits) => ['double', digits, true] as const,
    ),
  ];
  for (const [kind, digits, isNumber] of NUMBERS) {
    const shown = digits.length > 30 ? `${digits.slice(0, 5)}… of ${digits.length} characters` : digits;
    it(`holds ${shown} (${kind}) as ${isNumber ? 'a number' : 'text'}`, async () => {
      assert.equal(await cellOf(kind, digits), isNumber ? `><v>${digits}</v>` : asText(digits));
    });
  }

  it('holds a date or a time as a number of days, to a tenth of a millisecond', async () => {
    const moment = fc.date({
      min: new Date('1900-03-01'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    await fc.assert(
      fc.asyncProperty(moment, fc.constantFrom('', '+02', '-11:30', '+00:19:32'), async (at, offset) => {
        const [date = '', time = ''] = at.toISOString().slice(0, -1).split('T');
        const timestamp = `${date} ${time.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros))}${offset}`;
        const value = (cell: string): number => Number(/<v>(.*)<\/v>/.exec(cell)?.[1]);
        assert.ok(Math.abs(value(await cellOf('timestamp', timestamp)) - serial(at.toISOString())) < 1e-9, timestamp);
        assert.equal(value(await cellOf('date', date)), serial(date));
        assert.ok(Math.abs(value(await cellOf('time', time)) - (serial(at.toISOString()) - serial(date))) < 1e-9, time);
      }),
    );
  });

  it('holds text for a date that spreadsheets cannot represent', async () => {
    for (const day of ['1900-02-28', '0099-12-31', '0044-03-15 BC', '12026-01-01', 'infinity', '-infinity']) {
      assert.equal(await cellOf('date', day), asText(day));
    }
    for (const moment of [
      '1900-02-28 23:59:59.999+00',
      '0044-03-15 00:00:00+00 BC',
      '10000-01-01 00:00:00',
      'infinity',
    ]) {
      assert.equal(await cellOf('timestamp', moment), asText(moment));
    }
    assert.equal(await cellOf('date', '1900-03-01'), ' s="2"><v>61</v>');
    assert.equal(await cellOf('timestamp', '9999-12-31 23:59:59.999999'), asText('9999-12-31 23:59:59.999999'));
    assert.equal(await cellOf('timestamp', '9999-12-31 23:59:59.9995+02'), asText('9999-12-31 23:59:59.9995+02'));
    assert.equal(await cellOf('timestamp', '9999-12-31 23:59:59'), ' s="1"><v>2958465.9999884259</v>');
    assert.equal(await cellOf('time', '24:00:00'), ' s="3"><v>1</v>');
  });

  it('keeps the last microseconds of a day on that day', async () => {
    for (const year of [1900, 1999, 2026, 2078, 2200, 2259, 2300, 2900, 4000, 4700, 5000, 8000, 9998]) {
      for (const micros of [999_999, 999_990, 999_950, 999_949, 999_000]) {
        const cell = await cellOf('timestamp', `${year}-12-31 23:59:59.${micros}`);
        const value = Number(/<v>(.*)<\/v>/.exec(cell)?.[1]);
        assert.equal(Math.floor(value), serial(`${year}-12-31`), cell);
        assert.ok(value - Math.floor(value) > 0.99998, cell);
      }
    }
  });

  it('holds every whole second of a day as the nearest double, with at most 17 digits', async () => {
    const clocks = Array.from({ length: 86_400 }, (_, second) => new Date(second * 1000).toISOString().slice(11, 19));
    for (const date of ['1900-03-01', '2026-03-01', '2299-12-31']) {
      // All in one sheet: an encoder for each of them would take a minute.
      const { xml } = await encode(
        ['timestamp'],
        clocks.map((clock) => [`${date} ${clock}`]),
      );
      const cells = [...xml.matchAll(/<v>(.*?)<\/v>/g)];
      assert.equal(cells.length, clocks.length);
      for (const [second, [, written = '']] of cells.entries()) {
        assert.ok(Math.abs(Number(written) - serial(date) - second / 86_400) < 4e-11, `${date} ${clocks[second]}`);
        assert.ok(written.replace('.', '').length <= 17, written);
      }
    }
  });

  it('shows milliseconds for a time with a fraction of a second', async () => {
    assert.match(await cellOf('timestamp', '2026-01-01 23:59:59.5+01'), /^ s="5"><v>46023\.99999421/);
    assert.match(await cellOf('timestamp', '2026-01-01 23:59:59+01:30'), /^ s="1"><v>46023\.9999884/);
    assert.match(await cellOf('time', '23:59:59.999999'), /^ s="6"><v>0\.99999999998/);
    assert.match(await cellOf('time', '23:59:59'), /^ s="3"><v>0\.9999884/);
  });

  it('escapes an underscore only where the output would otherwise be read as an escape', async () => {
    for (const [text, written] of [
      ['_x0041\x01', '_x005F_x0041_x0001_'],
      ['_x0041_', '_x005F_x0041_'],
      ['_x0041_x0042_', '_x005F_x0041_x005F_x0042_'],
      ['\x01x0041_', '_x0001_x0041_'],
      ...['_x1_', '_X0041_', '_x00041_', '_x004g_', '_x0041', '_x004_'].map((same) => [same, same] as const),
    ] as const) {
      assert.equal(await cellOf('text', text), ` t="inlineStr"><is><t>${written}</t></is>`);
    }
  });

  it('ends with an ellipsis if its text is too long, and never splits a character', async () => {
    const fits = 'é'.repeat(MAX_CELL_TEXT);
    const long = 'x'.repeat(MAX_CELL_TEXT - 2);
    const { summary, xml } = await encode(['text'], [[fits], [`${long}🙂z`], ['y'.repeat(3_000_000)]], {
      sizes: [65_536],
    });
    const texts = [...xml.matchAll(/<t>(.*?)<\/t>/g)].map(([, inner]) => inner);
    const expected = [fits, `${long}…`, `${'y'.repeat(MAX_CELL_TEXT - 1)}…`];
    // Not deepEqual, which would print pages of differences.
    assert.deepEqual(
      texts.map((inner, index) => inner === expected[index]),
      [true, true, true],
    );
    assert.deepEqual(summary, { cut: 2 });
  });
});
