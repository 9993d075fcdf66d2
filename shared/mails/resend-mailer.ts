import { Resend } from 'resend';
import { ServiceError } from '../errors.js';
import { asciiAddress } from './address.js';
import type { Mailer } from './mailer.js';

interface Options {
  readonly key: string;
  readonly baseUrl?: string | undefined;
  readonly from: string;
  readonly withinMs: number;
}

/** Our key or our sender is not accepted: nothing is wrong with the mail, and an operator mends it. */
const OURS: readonly number[] = [401, 403];

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !OURS.includes(status) && status !== 409 && status !== 429;
}

/** Exactly one mail per key: https://resend.com/docs/dashboard/emails/idempotency-keys. A key is kept for 24 hours. */
export function createResendMailer({ key, baseUrl, from, withinMs }: Options): Mailer {
  const resend = new Resend(key, baseUrl === undefined ? {} : { baseUrl });
  return {
    async send({ to, subject, text, html, idempotencyKey }, ended) {
      const timeout = AbortSignal.timeout(withinMs);
      const signal = AbortSignal.any([ended, timeout]);
      const { error } = await resend.emails
        .send({ from, to: asciiAddress(to), subject, text, html }, { idempotencyKey, signal })
        .catch((thrown: unknown) => {
          throwIfEnded();
          throw thrown;
        });
      // It has taken a mail under this key already; this one only differs because the job has changed since.
      if (error === null || error.name === 'invalid_idempotent_request') return;
      // After an abort, the client only says that it could not fetch.
      throwIfEnded();
      const sentence = `The mail provider answered ${error.name}: ${error.message}`;
      throw new ServiceError(isRefusal(error.statusCode ?? 0) ? 'MAIL_REFUSED' : 'MAIL_UNAVAILABLE', sentence);

      function throwIfEnded(): void {
        ended.throwIfAborted();
        if (!timeout.aborted) return;
        throw new ServiceError('MAIL_UNAVAILABLE', `The mail provider did not answer within ${withinMs / 1000} s.`);
      }
    },
  };
}
