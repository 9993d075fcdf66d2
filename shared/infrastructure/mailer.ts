import { Resend } from 'resend';
import { ServiceError } from '../errors.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The provider sends one mail per key, however often it is asked. */
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
  readonly EMAIL_FROM: string;
}

export function createMailer({ RESEND_API_KEY: key, RESEND_BASE_URL: baseUrl, EMAIL_FROM: from }: MailConfig): Mailer {
  if (key === undefined) return { send: () => Promise.resolve(false) };
  const resend = new Resend(key, baseUrl === undefined ? {} : { baseUrl });
  return {
    async send({ to, subject, text, html, idempotencyKey }) {
      const { error } = await resend.emails.send({ from, to, subject, text, html }, { idempotencyKey });
      if (error === null) return true;
      const status = error.statusCode ?? 0;
      const refused = status >= 400 && status < 500 && status !== 409 && status !== 429;
      const sentence = `The mail provider answered ${error.name}: ${error.message}.`;
      throw new ServiceError(refused ? 'MAIL_REFUSED' : 'MAIL_UNAVAILABLE', sentence);
    },
  };
}
