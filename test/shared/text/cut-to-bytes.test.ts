import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cutToBytes } from '../../../shared/text/cut-to-bytes.js';

const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

describe('a text that is cut to bytes', () => {
  it('keeps as many whole characters as fit, as UTF-8 in JSON', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((whole) => whole.isWellFormed());
    fc.assert(
      fc.property(text, fc.nat({ max: 120 }), (whole, most) => {
        const cut = cutToBytes(whole, most);
        const isCut = bytesOf(whole) > most;
        const kept = isCut ? cut.slice(0, -1) : cut;
        const [next = ''] = Array.from(whole.slice(kept.length));
        assert.equal(cut, isCut ? `${kept}…` : whole);
        assert.ok(whole.startsWith(kept) && kept.isWellFormed() && bytesOf(kept) <= most);
        assert.ok(!isCut || bytesOf(kept + next) > most);
      }),
    );
  });
});
