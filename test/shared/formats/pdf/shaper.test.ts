import assert from 'node:assert/strict';
import v8 from 'node:v8';
import vm from 'node:vm';
import { codePointsOf } from '../../../../shared/formats/pdf/codes.js';
import { measureText } from '../../../../shared/formats/pdf/measure.js';
import { openPdfResources } from '../../../../shared/startup/open-pdf-resources.js';

const TEXTS = 2000;
const LETTERS = codePointsOf('ابتثجحخد');
/** A unique text of about 500 letters. */
const textOf = (index: number): string =>
  String.fromCodePoint(...[0, 3, 6, 9].map((bits) => LETTERS[(index >> bits) % LETTERS.length] ?? 0)) +
  ' مرحبا بالعالم الكبير'.repeat(24);

describe('the shaper of a PDF', () => {
  it('caches names, and at most a few megabytes of long texts', async function () {
    this.timeout(60_000);
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    const { body, shaper } = (await openPdfResources({})).fonts();
    await shaper.load();
    measureText(body, textOf(TEXTS));
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < TEXTS; index++) measureText(body, textOf(index));
    collect();
    const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
    // Caching all of them would take 300 MB.
    assert.ok(megabytes < 100, `${Math.round(megabytes)} MB`);
  });
});
