import type { Mailer } from './mailer.js';
import { createResendMailer } from './resend-mailer.js';
import { createSmtpMailer } from './smtp-mailer.js';

/** One send, from the lookup of the name to the last answer. Shorter than an attempt may take. */
const SEND_WITHIN_MS = 20_000;

interface MailConfig {
  readonly RESEND_API_KEY?: string | undefined;
  readonly RESEND_BASE_URL?: string | undefined;
  readonly SMTP_URL?: string | undefined;
  readonly EMAIL_FROM?: string | undefined;
}

/**
 * The mailer of a configuration that has passed `parseWorkerConfig`: at most one provider, and with it a sender.
 * @param withinMs how long one send may take
 * @returns null when no mail provider is configured
 */
export function createMailer(
  { RESEND_API_KEY: key, RESEND_BASE_URL: baseUrl, SMTP_URL, EMAIL_FROM: from }: MailConfig,
  withinMs = SEND_WITHIN_MS,
): Mailer | null {
  if (from !== undefined && key !== undefined) return createResendMailer({ key, baseUrl, from, withinMs });
  if (from !== undefined && SMTP_URL !== undefined) return createSmtpMailer({ url: SMTP_URL, from, withinMs });
  return null;
}
