import { createResendMailer } from './resend-mailer.js';
import { createSmtpMailer } from './smtp-mailer.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for every attempt to send this mail. Resend sends one per key; by SMTP it is the Message-ID. */
  readonly idempotencyKey: string;
}

export interface Mailer {
  /**
   * @returns false when no mail provider is configured
   * @throws ServiceError MAIL_UNAVAILABLE (worth a retry) or MAIL_REFUSED (not)
   */
  send(mail: Mail): Promise<boolean>;
}

interface MailConfig {
  readonly RESEND_API_KEY?: string | undefined;
  readonly RESEND_BASE_URL?: string | undefined;
  readonly SMTP_URL?: string | undefined;
  readonly EMAIL_FROM?: string | undefined;
}

/** Of a configuration that has passed `parseWorkerConfig`: at most one provider, and with it a sender. */
export function createMailer({ RESEND_API_KEY: key, RESEND_BASE_URL, SMTP_URL, EMAIL_FROM: from }: MailConfig): Mailer {
  if (from !== undefined && key !== undefined) return createResendMailer({ key, baseUrl: RESEND_BASE_URL, from });
  if (from !== undefined && SMTP_URL !== undefined) return createSmtpMailer({ url: SMTP_URL, from });
  return { send: () => Promise.resolve(false) };
}
