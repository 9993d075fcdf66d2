import type { NotificationEvent, Warning } from '../contract.js';
import { ERRORS, isErrorCode } from '../errors.js';
import { oneLine } from '../text/one-line.js';
import { adviceFor } from './advice.js';
import { readableCount, readableSize, readableTime } from './readable.js';

/** The facts about a job that go into a mail. */
export interface MailFacts {
  readonly jobId: string;
  /** The name that the user gave it. */
  readonly name: string | null;
  /** The dataset's title. */
  readonly title: string;
  readonly format: string;
  /** Null if the export has several datasets. */
  readonly columns: number | null;
  readonly timezone: string;
  readonly fileName: string | null;
  readonly rows: number | null;
  /** Bytes. */
  readonly size: number | null;
  /** `download_url`; null if there is no file. */
  readonly link: string | null;
  readonly expiresAt: Date | null;
  readonly warnings: readonly Warning[];
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Who requested it for whom, if those are two users. */
  readonly onBehalf: { readonly user: string; readonly requestedBy: string } | null;
}

/** The content of a mail, in reading order; `as-text.ts` and `as-html.ts` render it. */
export interface MailContent {
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly subject: string;
  /** The line that mail clients show beside the subject. */
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
  /** Paragraphs with a heading; `loss` highlights them in a mail that is otherwise good news. */
  readonly notes: readonly { readonly heading: string; readonly lines: readonly string[]; readonly loss?: boolean }[];
  readonly footer: readonly string[];
}

type EventContent = Omit<MailContent, 'facts' | 'footer'> & { readonly facts?: MailContent['facts'] };

const CARE = 'Anyone who has this link can download the file without signing in, so share it with care.';

function completed(what: string, facts: MailFacts): EventContent {
  const { rows, size, link, expiresAt, timezone, warnings } = facts;
  const until = expiresAt === null ? null : readableTime(expiresAt, timezone);
  const figures = [
    ...(rows === null ? [] : [`${readableCount(rows)} ${rows === 1 ? 'row' : 'rows'}`]),
    ...(size === null ? [] : [readableSize(size)]),
  ].join(', ');
  const deleted = 'The file has since been deleted. Create the export again to get a new one.';
  return {
    tone: 'good',
    subject: `Your ${what} is ready`,
    preview: [figures, ...(until === null ? [] : [`link expires ${until}`])].join(', '),
    heading: 'Your export is ready',
    lead: link === null ? deleted : `Your ${what} has ${figures}.`,
    link: link === null ? null : { url: link, label: 'Download the file', until, care: CARE },
    facts: [
      ...(rows === null ? [] : [['Rows', readableCount(rows)] as const]),
      ...(size === null ? [] : [['Size', readableSize(size)] as const]),
    ],
    notes:
      warnings.length === 0
        ? []
        : [{ heading: 'Notes about this file', lines: warnings.map(({ message }) => oneLine(message)), loss: true }],
  };
}

function failed(what: string, { error }: MailFacts): EventContent {
  const code = error?.code ?? null;
  const title = isErrorCode(code) ? ERRORS[code].title : ERRORS.INTERNAL.title;
  const sentence = error === null || error.message === '' ? `${title}.` : oneLine(error.message);
  return {
    tone: 'bad',
    subject: `Your ${what} failed`,
    preview: `${title}. ${adviceFor(code)}`,
    heading: 'Your export failed',
    lead: `Your ${what} couldn't be finished. There is no file.`,
    link: null,
    notes: [
      { heading: 'What went wrong', lines: [sentence] },
      { heading: 'What you can do', lines: [adviceFor(code)] },
    ],
  };
}

const canceled = (what: string): EventContent => ({
  tone: 'neutral',
  subject: `Your ${what} was canceled`,
  preview: 'An operator canceled it. There is no file.',
  heading: 'Your export was canceled',
  lead: `An operator canceled your ${what} before it finished. There is no file.`,
  link: null,
  notes: [
    {
      heading: 'What you can do',
      lines: ["You can create the export again. If you don't know why it was canceled, contact your administrator."],
    },
  ],
});

function eventContent(event: NotificationEvent, what: string, facts: MailFacts): EventContent {
  switch (event) {
    case 'completed':
      return completed(what, facts);
    case 'failed':
      return failed(what, facts);
    case 'cancelled':
      return canceled(what);
  }
}

export function mailContent(event: NotificationEvent, facts: MailFacts): MailContent {
  const title = oneLine(facts.title);
  const name = facts.name === null ? null : oneLine(facts.name);
  const content = eventContent(event, name === null ? `${title} export` : `export “${name}”`, facts);
  return {
    ...content,
    facts: [
      ...(name === null ? [] : [['Name', name] as const]),
      ['Dataset', title],
      ...(facts.fileName === null ? [] : [['File', oneLine(facts.fileName)] as const]),
      ['Format', oneLine(facts.format)],
      ...(content.facts ?? []),
      ...(facts.columns === null ? [] : [['Columns', readableCount(facts.columns)] as const]),
      ...(facts.onBehalf === null
        ? []
        : [['Exported for', facts.onBehalf.user] as const, ['Requested by', facts.onBehalf.requestedBy] as const]),
    ],
    footer: [`Export ${facts.jobId}`, "You're receiving this because an export was requested with this address."],
  };
}
