import { Resend } from 'resend';
import { ServiceError } from '../errors.js';
import { asciiAddress } from '../mails/address.js';
import type { Mailer } from './mailer.js';

/** Shorter than an attempt may take: an answer that does not come must not outlive the attempt that waits for it. */
const ANSWER_WITHIN_MS = 20_000;

interface Options {
  readonly key: string;
  readonly baseUrl?: string | undefined;
  readonly from: string;
}

/** Our key or our sender is not accepted: nothing is wrong with the mail, and an operator mends it. */
const OURS: readonly number[] = [401, 403];

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !OURS.includes(status) && status !== 409 && status !== 429;
}

/** Exactly one mail per key: https://resend.com/docs/dashboard/emails/idempotency-keys. A key is kept for 24 hours. */
export function createResendMailer({ key, baseUrl, from }: Options): Mailer {
  const resend = new Resend(key, baseUrl === undefined ? {} : { baseUrl });
  return {
    async send({ to, subject, text, html, idempotencyKey }) {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const { error } = await resend.emails
        .send({ from, to: asciiAddress(to), subject, text, html }, { idempotencyKey, signal })
        .catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
          const sentence = `The mail provider did not answer within ${ANSWER_WITHIN_MS / 1000} s.`;
          throw new ServiceError('MAIL_UNAVAILABLE', sentence);
        });
      // It has taken a mail under this key already; this one only differs because the job has changed since.
      if (error === null || error.name === 'invalid_idempotent_request') return true;
      const sentence = `The mail provider answered ${error.name}: ${error.message}`;
      throw new ServiceError(isRefusal(error.statusCode ?? 0) ? 'MAIL_REFUSED' : 'MAIL_UNAVAILABLE', sentence);
    },
  };
}
