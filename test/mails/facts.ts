import type { MailFacts } from '../../shared/mails/content.js';

const JOB_ID = '01a2056a-7b1e-7c3d-9f20-1a2b3c4d5e6f';

/** Facts of a completed export. */
export const DONE: MailFacts = {
  jobId: JOB_ID,
  name: null,
  title: 'Orders',
  format: 'XLSX',
  columns: 13,
  timezone: 'Europe/Berlin',
  fileName: 'orders-2026-11-26-3c4d5e6f.xlsx',
  rows: 139_959,
  size: 27_015_560,
  link: 'https://exports.example.com/d/AaIFasQ_coCEkxpE7gpVkgAAawTA',
  expiresAt: new Date('2026-11-27T13:05:59.900Z'),
  warnings: [],
  error: null,
  onBehalf: null,
};

/** Facts of an export without a file. */
export const WITHOUT_FILE: MailFacts = { ...DONE, fileName: null, rows: null, size: null, link: null, expiresAt: null };

/** The text that a person reads in HTML: everything between the tags. */
export function readHtml(html: string): string {
  const [, body = ''] = /<body[^>]*>([^]*)<\/body>/.exec(html) ?? [];
  return body
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
