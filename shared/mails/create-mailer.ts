import type { Mailer } from './mailer.js';
import { createResendMailer } from './resend-mailer.js';
import { createSmtpMailer } from './smtp-mailer.js';

/** Time limit for one send, from the DNS lookup to the last answer; shorter than an attempt's timeout. */
const SEND_WITHIN_MS = 20_000;

interface MailConfig {
  readonly RESEND_API_KEY?: string | undefined;
  readonly RESEND_BASE_URL?: string | undefined;
  readonly SMTP_URL?: string | undefined;
  readonly EMAIL_FROM?: string | undefined;
}

/**
 * Creates the mailer of a configuration that `parseWorkerConfig` has accepted: at most one provider, with a sender.
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
