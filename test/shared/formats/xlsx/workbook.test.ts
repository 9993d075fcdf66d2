import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sheetName, workbookFiles } from '../../../../shared/formats/xlsx/workbook.js';
import { outlineFor } from '../../../support/outline.js';

describe("a sheet's name", () => {
  const CASES: readonly (readonly [string, number, string])[] = [
    ["Customers'", 0, 'Customers'],
    ["'tis", 0, 'tis'],
    [`${'x'.repeat(30)}'s orders`, 0, 'x'.repeat(30)],
    [`${'x'.repeat(28)}' orders`, 1, `${'x'.repeat(28)} 2`],
    ["''", 0, 'Export'],
    ['History', 0, 'Export History'],
    ['a\u0001b\ufffec', 0, 'a b c'],
  ];
  for (const [title, sheet, name] of CASES) {
    it(`for the title ${JSON.stringify(title)} is ${JSON.stringify(name)}`, () => {
      assert.equal(sheetName(title, sheet), name);
    });
  }

  it('is valid in Excel for any title', () => {
    const title = fc.string({
      unit: fc.constantFrom("'", ' ', '/', 'a', '\u0001', '\ufffe', '🙂', ']'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(title, fc.integer({ min: 0, max: 200 }), (text, sheet) => {
        const name = sheetName(text, sheet);
        assert.ok(name.length > 0 && name.length <= 31 && name.isWellFormed(), name);
        assert.doesNotMatch(name, /^'|'$|[\\/*?:[\]\p{Cc}\ufffe]/u);
      }),
    );
  });
});

it('a title with characters that XML cannot contain leaves the files of a workbook well-formed', () => {
  const outline = outlineFor(['id'], { title: 'a\u0001b\ufffec\uffff' });
  const files = workbookFiles([{ name: 'Orders', rows: 2 }], outline, [10]);
  for (const { name, bytes } of files) {
    const text = bytes.toString();
    assert.ok(!['\u0001', '\ufffe', '\uffff'].some((character) => text.includes(character)), name);
  }
});
