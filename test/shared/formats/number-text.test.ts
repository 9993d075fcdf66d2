import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numberFormatOf, type NumberFormat } from '../../../shared/datasets/number-format.js';
import { numberFormatCode, numberText } from '../../../shared/formats/number-text.js';

const NUMBER: NumberFormat = { style: 'number', scale: 2, currency: null };
const EUROS: NumberFormat = { style: 'currency', scale: 2, currency: 'EUR' };
const PERCENT: NumberFormat = { style: 'percent', scale: 1, currency: null };
const ANY_PERCENT: NumberFormat = { ...PERCENT, scale: null };
const PLAIN: NumberFormat = { style: 'plain', scale: 3, currency: null };

const SHOWN: readonly (readonly [NumberFormat, string, string])[] = [
  [NUMBER, '1234567', '1,234,567.00'],
  [NUMBER, '-123.456', '-123.456'],
  [NUMBER, '0', '0.00'],
  [NUMBER, 'NaN', 'NaN'],
  [NUMBER, '-Infinity', '-Infinity'],
  [NUMBER, '1e+30', '1e+30'],
  [EUROS, '-1234.5', '-EUR 1,234.50'],
  [PERCENT, '0.19', '19.0%'],
  [PERCENT, '-0.0725', '-7.25%'],
  [PERCENT, '12', '1,200.0%'],
  [ANY_PERCENT, '0.005', '0.5%'],
  [ANY_PERCENT, '0.5', '50%'],
  [PLAIN, '1234.5', '1234.500'],
];

describe('a number on a page', () => {
  for (const [format, text, shown] of SHOWN) {
    it(`${text} as ${format.style} is ${shown}`, () => {
      assert.equal(numberText(text, format), shown);
    });
  }

  it('has every digit of its value', () => {
    const text = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.stringMatching(/^\d{0,20}$/))
      .map(([minus, whole, fraction]) => `${minus ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`);
    const digitsOf = (number: string): string => number.replace(/[^\d]/g, '').replace(/^0+/, '');
    fc.assert(
      fc.property(text, fc.constantFrom(NUMBER, EUROS, PERCENT, ANY_PERCENT, PLAIN), (number, format) => {
        const shown = numberText(number, format);
        assert.ok(digitsOf(shown).startsWith(digitsOf(number)), shown);
        assert.equal(/^0*$/.test(digitsOf(shown).slice(digitsOf(number).length)), true, shown);
        assert.equal(shown.startsWith('-'), number.startsWith('-'));
      }),
    );
  });
});

describe('the number format of a column', () => {
  it('has the decimals of the definition, else of the database, else of the currency', () => {
    const euros = { format: 'currency', currency: 'EUR' } as const;
    assert.equal(numberFormatOf('numeric', { ...euros, scale: 3 }, 4)?.scale, 3);
    assert.equal(numberFormatOf('numeric', euros, 4)?.scale, 4);
    assert.equal(numberFormatOf('numeric', euros, null)?.scale, 2);
    assert.equal(numberFormatOf('numeric', { format: 'currency', currency: 'JPY' }, null)?.scale, 0);
    assert.equal(numberFormatOf('numeric', { format: 'percent' }, 4)?.scale, 2);
    assert.equal(numberFormatOf('integer', { format: 'number' }, null)?.scale, 0);
  });

  it('with a declared precision is the same as for a column of that type in the database', () => {
    const declared = { precision: 6, scale: 4 };
    for (const look of [{}, { format: 'percent' }, { format: 'currency', currency: 'EUR' }] as const) {
      assert.deepEqual(numberFormatOf('numeric', { ...look, ...declared }, 4), numberFormatOf('numeric', look, 4));
    }
    // Cells can't show more decimals.
    assert.equal(numberFormatOf('numeric', { precision: 38, scale: 38 }, 38)?.scale, 30);
  });

  it('is null for texts, and for numbers that a cell shows with all their digits', () => {
    assert.equal(numberFormatOf('text', {}, null), null);
    assert.equal(numberFormatOf('integer', {}, null), null);
    assert.equal(numberFormatOf('numeric', {}, null), null);
    assert.equal(numberFormatCode(numberFormatOf('bigint', {}, null) ?? NUMBER), '0');
  });
});
