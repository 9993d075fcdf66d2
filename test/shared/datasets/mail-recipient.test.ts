import assert from 'node:assert/strict';
import { mailRecipient } from '../../../shared/datasets/mail-recipient.js';

describe('a recipient of an email', () => {
  const EXAMPLES: readonly (readonly [name: string | null, expected: string])[] = [
    ['Ana Pérez', 'Ana Pérez <ana@example.com>'],
    ["山田 O'Brien", "山田 O'Brien <ana@example.com>"],
    ['Smith, Ana', '"Smith, Ana" <ana@example.com>'],
    ['Ana "The Rock" C:\\', String.raw`"Ana \"The Rock\" C:\\" <ana@example.com>`],
    ['Ana\r\nBcc: x@example.com', '"Ana Bcc: x@example.com" <ana@example.com>'],
    [' ', 'ana@example.com'],
    [null, 'ana@example.com'],
  ];
  for (const [name, expected] of EXAMPLES) {
    it(`has its name quoted if necessary: ${JSON.stringify(name)}`, () => {
      assert.equal(mailRecipient(name, 'ana@example.com'), expected);
    });
  }

  it('is null without an address', () => {
    assert.equal(mailRecipient('Ana', null), null);
  });
});
