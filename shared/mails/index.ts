import type { NotificationEvent } from '../contract.js';
import { asHtml } from './as-html.js';
import { asText } from './as-text.js';
import { mailContent, type MailFacts } from './content.js';

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mail for an event, as text and as HTML of the same words. The same facts are the same bytes. */
export function mailText(event: NotificationEvent, facts: MailFacts): MailText {
  const content = mailContent(event, facts);
  return { subject: content.subject, text: asText(content), html: asHtml(content) };
}
