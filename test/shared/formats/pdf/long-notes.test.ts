import assert from 'node:assert/strict';
import { clipText, measureText, wrapText } from '../../../../shared/formats/pdf/measure.js';
import { openPdfResources } from '../../../../shared/startup/open-pdf-resources.js';

/** A page's width, in 1/1000 em of a note. */
const WIDTH = 60_000;
/** As many values as a filter may have, nearly filling a request. */
const VALUES = 1000;

describe('the description of the rows in a PDF', () => {
  for (const [script, value] of Object.entries({ Latin: '0191f3a4-7c1e-7b33-9f6e', Arabic: 'مرحبا بالعالم الكبير' })) {
    // Cutting one character at a time took minutes and blocked the worker.
    it(`is shortened quickly with a thousand ${script} values`, async () => {
      const { body, shaper } = (await openPdfResources({})).fonts();
      await shaper.load();
      const note = Array.from({ length: VALUES }, (_, index) => `${value}${index}`).join(', ');
      const startedAt = performance.now();
      const lines = wrapText(body, note, WIDTH, 2);
      assert.ok(performance.now() - startedAt < 5000, `${performance.now() - startedAt} ms`);
      assert.equal(lines.length, 2);
      assert.ok(lines[1]?.endsWith('…'));
      for (const line of lines) assert.ok(measureText(body, line) <= WIDTH);
    });
  }

  it('keeps as much of the text as fits', async () => {
    const { body } = (await openPdfResources({})).fonts();
    const text = 'Status: paid, shipped and delivered';
    const whole = measureText(body, text);
    assert.equal(clipText(body, text, whole), text);
    for (let end = 1; end < text.length - 1; end++) {
      const shorter = `${text.slice(0, end)}…`;
      const width = measureText(body, shorter);
      assert.equal(clipText(body, text, Math.min(width, whole - 1)), shorter.replace(/ …$/, '…'));
    }
    assert.equal(clipText(body, text, 0), '…');
  });
});
