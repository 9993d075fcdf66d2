import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NOTIFICATION_EVENTS } from '../../shared/contract.js';
import { ERRORS } from '../../shared/errors.js';
import type { MailFacts } from '../../shared/mails/content.js';
import { mailText, type MailText } from '../../shared/mails/index.js';
import { readableSize, readableTime } from '../../shared/mails/readable.js';
import { isOneLine, oneLine } from '../../shared/text/one-line.js';
import { DONE, readHtml, WITHOUT_FILE } from './facts.js';

const both = ({ text, html }: MailText): string[] => [text, readHtml(html)];
function assertBothSay(mail: MailText, ...sentences: readonly string[]): void {
  for (const part of both(mail)) for (const sentence of sentences) assert.ok(part.includes(sentence), sentence);
}

describe('mails', () => {
  it('list the details of a finished export, its link and when the link expires, as text and as HTML', () => {
    const mail = mailText('completed', DONE);
    assert.equal(mail.subject, 'Your Orders export is ready');
    assertBothSay(mail, 'Orders', 'orders-2026-11-26-3c4d5e6f.xlsx', 'XLSX', '139,959 rows, 27.0 MB', DONE.jobId);
    for (const part of both(mail)) {
      assert.match(part, /The link works until\s+27 November 2026, 14:05 \(Europe\/Berlin\)\s*\./);
      assert.match(part, /Columns:?\s+13\b/);
    }
    assert.ok(mail.text.split('\n').includes(DONE.link ?? ''), 'the link is on a line of its own');
    const links = [...mail.html.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([^<]*)/g)].map(([, to, label]) => [to, label]);
    assert.deepEqual(links, [
      [DONE.link, 'Download the file'],
      [DONE.link, DONE.link],
    ]);
    assert.doesNotMatch(mail.text, /Notes about/);
  });

  it('name both users of an export that was requested on behalf of somebody else', () => {
    for (const event of NOTIFICATION_EVENTS) {
      const mail = mailText(event, { ...DONE, onBehalf: { user: 'auth0|5f<7c', requestedBy: 'admin_1' } });
      assertBothSay(mail, 'Exported for', 'auth0|5f<7c', 'Requested by', 'admin_1');
      assert.doesNotMatch(mailText(event, DONE).text, /Exported for|Requested by/);
    }
  });

  it('say the name that the user gave the export', () => {
    for (const event of NOTIFICATION_EVENTS) {
      const mail = mailText(event, { ...DONE, name: 'Paid orders, Q3' });
      assert.match(mail.subject, /^Your export “Paid orders, Q3” /);
      assertBothSay(mail, 'export “Paid orders, Q3”', 'Orders');
      assert.match(mail.text, /^Name: +Paid orders, Q3$/m);
    }
  });

  it('list the warnings of the file', () => {
    const message = "1,214 cells were shortened to Excel's limit of 32,767 characters.";
    const mail = mailText('completed', { ...DONE, warnings: [{ code: 'XLSX_TEXT_CUT', message, count: 1214 }] });
    assertBothSay(mail, 'Notes about this file', '1,214 cells were shortened to Excel');
  });

  it('have no link to a file that has already been deleted', () => {
    const mail = mailText('completed', { ...DONE, link: null, fileName: null });
    assertBothSay(mail, 'has since been deleted');
    assert.doesNotMatch(mail.html, /<a /);
  });

  it("about a failed export give the reason and the user's next step, for every error code", () => {
    const message = 'The export has 12,000,000 rows; at most 10,000,000 are allowed.';
    const mail = mailText('failed', { ...WITHOUT_FILE, error: { code: 'TOO_MANY_ROWS', message } });
    assert.equal(mail.subject, 'Your Orders export failed');
    assertBothSay(mail, message, 'What you can do', 'Set a filter', 'There is no file.');
    for (const code of [...Object.keys(ERRORS), 'OF_A_NEWER_VERSION']) {
      const [, advice = ''] =
        /What you can do:\n(.*)/.exec(mailText('failed', { ...WITHOUT_FILE, error: { code, message: '' } }).text) ?? [];
      assert.match(advice, /\w.*\.$/, code);
    }
  });

  it('say that an operator canceled the export', () => {
    const mail = mailText('cancelled', WITHOUT_FILE);
    assert.equal(mail.subject, 'Your Orders export was canceled');
    assertBothSay(mail, 'An operator canceled your Orders export', 'What you can do');
  });

  it('load no external content, and declare their language', () => {
    for (const event of NOTIFICATION_EVENTS) {
      const { html } = mailText(event, event === 'completed' ? DONE : WITHOUT_FILE);
      assert.match(html, /^<!doctype html>\n<html lang="en"/);
      assert.doesNotMatch(html, /<(img|link|script|iframe|object|form)\b|url\(|@import|\bsrc=/i);
      assert.match(html, /prefers-color-scheme: dark/);
      // Some clients cut off a mail at 102 kB; others drop a style element of more than 8 kB.
      assert.ok(html.length < 20_000);
    }
  });

  it('show every value literally: never as markup, a header or another line', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '<b>',
        '</td>',
        '"><script>',
        '&lt;',
        "' onload='",
        '-->',
        '<!--',
        'a\r\nBcc: b@example.com',
        '\u2028',
        '${x}',
        '$&',
        '\u0000',
        '\ufffe',
        '\uffff',
        '\ud800',
      ),
    );
    const value = fc.array(nasty, { minLength: 1, maxLength: 6 }).map((parts) => `x${parts.join('')}x`);
    const tags = (html: string): readonly string[] => html.match(/<[^>]*>/g) ?? [];
    const facts = (text: string, message: string): MailFacts => ({
      ...{ ...DONE, name: text, title: text, fileName: text, format: text },
      ...{ warnings: [{ code: 'C', message, count: 2 }], error: { code: 'INTERNAL', message } },
    });
    fc.assert(
      fc.property(value, value, fc.constantFrom(...NOTIFICATION_EVENTS), (text, message, event) => {
        const [plain, mail] = [mailText(event, facts('x', 'x')), mailText(event, facts(text, message))];
        assert.deepEqual(tags(mail.html), tags(plain.html));
        assert.equal(mail.text.split('\n').length, plain.text.split('\n').length);
        assert.ok(isOneLine(mail.subject) && mail.subject.includes(oneLine(text)));
        assert.ok(!/[\ufffe\uffff\p{Cs}]/u.test(mail.text + mail.html));
        assertBothSay(mail, oneLine(text), ...(event === 'cancelled' ? [] : [oneLine(message)]));
      }),
      { numRuns: 300 },
    );
  });

  it('show readable sizes, and never round one up to the next unit', () => {
    const sizes = [0, 1, 999, 1000, 999_949, 999_950, 27_015_560, 999_950_000, 1e12, 2.5e15];
    assert.deepEqual(sizes.map(readableSize), [
      ...['0 bytes', '1 byte', '999 bytes', '1.0 kB', '999.9 kB', '1.0 MB', '27.0 MB', '1.0 GB', '1.0 TB', '2500.0 TB'],
    ]);
  });

  it("show times on the user's clock, and never round them up", () => {
    const at = (iso: string, zone: string) => readableTime(new Date(iso), zone);
    assert.equal(at('2026-11-27T13:05:59.999Z', 'Europe/Berlin'), '27 November 2026, 14:05 (Europe/Berlin)');
    assert.equal(at('2026-12-31T23:30:00Z', 'Asia/Kathmandu'), '1 January 2027, 05:15 (Asia/Kathmandu)');
    assert.equal(at('2026-07-01T00:00:00Z', 'UTC'), '1 July 2026, 00:00 (UTC)');
  });
});
