import type { NotificationEvent } from '../contract.js';
import { asHtml } from './as-html.js';
import { asText } from './as-text.js';
import { mailContent, type MailFacts } from './content.js';

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Renders the mail about an event as text and as HTML. The same facts give the same bytes. */
export function mailText(event: NotificationEvent, facts: MailFacts): MailText {
  const content = mailContent(event, facts);
  return { subject: content.subject, text: asText(content), html: asHtml(content) };
}
