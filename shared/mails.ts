import type { NotificationEvent } from './contract.js';

/** What a mail is made of; texts come from the job's row. */
export interface MailFacts {
  readonly title: string;
  readonly format: string;
  readonly rows: number | null;
  /** Bytes. */
  readonly size: number | null;
  readonly link: string | null;
  readonly expiresAt: Date | null;
  readonly error: string | null;
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
export function readableSize(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${UNITS[power] ?? ''}`;
}

const readableTime = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function lines(event: NotificationEvent, facts: MailFacts): { subject: string; lines: string[] } {
  const { title, format, rows, size, link, expiresAt, error } = facts;
  switch (event) {
    case 'completed':
      return {
        subject: `Your ${title} export is ready`,
        lines: [
          `Your export of ${title} as ${format} is ready: ${(rows ?? 0).toLocaleString('en')} rows, ${readableSize(size ?? 0)}.`,
          `Download it here: ${link ?? ''}`,
          ...(expiresAt === null ? [] : [`The link is valid until ${readableTime(expiresAt)}.`]),
        ],
      };
    case 'failed':
      return {
        subject: `Your ${title} export failed`,
        lines: [`Your export of ${title} as ${format} failed. ${error ?? ''}`, 'You can ask for it again at any time.'],
      };
    case 'cancelled':
      return {
        subject: `Your ${title} export was cancelled`,
        lines: [`Your export of ${title} as ${format} was cancelled by an operator.`],
      };
  }
}

/** The mail for an event, as text and as HTML of the same words. */
export function mailText(event: NotificationEvent, facts: MailFacts): MailText {
  const { subject, lines: paragraphs } = lines(event, facts);
  const html = paragraphs
    .map(escapeHtml)
    .map((line) => `<p>${line.replace(/https?:\/\/\S+/, (url) => `<a href="${url}">${url}</a>`)}</p>`)
    .join('\n');
  return { subject, text: `${paragraphs.join('\n\n')}\n`, html };
}
