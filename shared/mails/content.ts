import type { NotificationEvent, Warning } from '../contract.js';
import { ERRORS, isErrorCode } from '../errors.js';
import { oneLine } from '../text/one-line.js';
import { adviceFor } from './advice.js';
import { readableCount, readableSize, readableTime } from './readable.js';

/** What a mail is made of: the job's row, in the words of its user. */
export interface MailFacts {
  readonly jobId: string;
  /** Of the dataset. */
  readonly title: string;
  readonly format: string;
  /** Null: of several datasets. */
  readonly columns: number | null;
  readonly timezone: string;
  readonly fileName: string | null;
  readonly rows: number | null;
  /** Bytes. */
  readonly size: number | null;
  /** `download_url`; null when there is no file. */
  readonly link: string | null;
  readonly expiresAt: Date | null;
  readonly warnings: readonly Warning[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What a mail says, in the order in which it says it; `as-text.ts` and `as-html.ts` write it. */
export interface MailContent {
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly subject: string;
  /** What a list of mails shows beside the subject. */
  readonly preview: string;
  readonly heading: string;
  readonly lead: string;
  readonly link: {
    readonly url: string;
    readonly label: string;
    readonly until: string | null;
    readonly care: string;
  } | null;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Paragraphs under a heading of their own; `loss` is to be noticed although all else is well. */
  readonly notes: readonly { readonly heading: string; readonly lines: readonly string[]; readonly loss?: boolean }[];
  readonly footer: readonly string[];
}

type Told = Omit<MailContent, 'facts' | 'footer'> & { readonly facts?: MailContent['facts'] };

const CARE = 'Anyone who has this link can download the file without signing in, so share it with care.';

function completed(title: string, facts: MailFacts): Told {
  const { rows, size, link, expiresAt, timezone, warnings } = facts;
  const until = expiresAt === null ? null : readableTime(expiresAt, timezone);
  const figures = [
    ...(rows === null ? [] : [`${readableCount(rows)} ${rows === 1 ? 'row' : 'rows'}`]),
    ...(size === null ? [] : [readableSize(size)]),
  ].join(', ');
  const isGone = 'The file has been deleted since. Create the export again to get a new one.';
  return {
    tone: 'good',
    subject: `Your ${title} export is ready`,
    preview: [figures, ...(until === null ? [] : [`until ${until}`])].join(', '),
    heading: 'Your export is ready',
    lead: link === null ? isGone : `Your ${title} export has ${figures}.`,
    link: link === null ? null : { url: link, label: 'Download the file', until, care: CARE },
    facts: [
      ...(rows === null ? [] : [['Rows', readableCount(rows)] as const]),
      ...(size === null ? [] : [['Size', readableSize(size)] as const]),
    ],
    notes:
      warnings.length === 0 ? [] : [{ heading: 'Notes about this file', lines: warnings.map(({ message }) => oneLine(message)), loss: true }],
  };
}

function failed(dataset: string, { error }: MailFacts): Told {
  const code = error?.code ?? null;
  const title = isErrorCode(code) ? ERRORS[code].title : ERRORS.INTERNAL.title;
  const sentence = error === null || error.message === '' ? `${title}.` : oneLine(error.message);
  return {
    tone: 'bad',
    subject: `Your ${dataset} export failed`,
    preview: `${title}. ${adviceFor(code)}`,
    heading: 'Your export failed',
    lead: `Your ${dataset} export couldn't be finished. There is no file.`,
    link: null,
    notes: [
      { heading: 'What went wrong', lines: [sentence] },
      { heading: 'What you can do', lines: [adviceFor(code)] },
    ],
  };
}

const cancelled = (title: string): Told => ({
  tone: 'neutral',
  subject: `Your ${title} export was cancelled`,
  preview: 'An operator of the service cancelled it. There is no file.',
  heading: 'Your export was cancelled',
  lead: `An operator of the service cancelled your export of ${title} before it was done. There is no file.`,
  link: null,
  notes: [
    {
      heading: 'What you can do',
      lines: ["You can create the export again. If you don't know why it was cancelled, contact your administrator."],
    },
  ],
});

function tell(event: NotificationEvent, title: string, facts: MailFacts): Told {
  switch (event) {
    case 'completed':
      return completed(title, facts);
    case 'failed':
      return failed(title, facts);
    case 'cancelled':
      return cancelled(title);
  }
}

export function mailContent(event: NotificationEvent, facts: MailFacts): MailContent {
  const title = oneLine(facts.title);
  const told = tell(event, title, facts);
  return {
    ...told,
    facts: [
      ['Dataset', title],
      ...(facts.fileName === null ? [] : [['File', oneLine(facts.fileName)] as const]),
      ['Format', oneLine(facts.format)],
      ...(told.facts ?? []),
      ...(facts.columns === null ? [] : [['Columns', readableCount(facts.columns)] as const]),
    ],
    footer: [`Export ${facts.jobId}`, "You're receiving this because an export was requested with this address."],
  };
}
