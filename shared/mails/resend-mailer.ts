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

/** Our key or sender was rejected. The mail is fine, and an operator has to fix the configuration. */
const OUR_FAULT: readonly number[] = [401, 403];

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !OUR_FAULT.includes(status) && status !== 409 && status !== 429;
}

/** Sends exactly one mail per key, which Resend keeps for 24 hours: https://resend.com/docs/dashboard/emails/idempotency-keys */
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
      // Resend has already accepted a mail with this key; this one differs only because the job has changed since.
      if (error === null || error.name === 'invalid_idempotent_request') return;
      // After an abort, the client only reports a failed fetch.
      throwIfEnded();
      const sentence = `The mail provider answered ${error.name}: ${error.message}`;
      throw new ServiceError(isRefusal(error.statusCode ?? 0) ? 'MAIL_REFUSED' : 'MAIL_UNAVAILABLE', sentence);

      function throwIfEnded(): void {
        ended.throwIfAborted();
        if (!timeout.aborted) return;
        throw new ServiceError('MAIL_UNAVAILABLE', `The mail provider didn't answer within ${withinMs / 1000} s.`);
      }
    },
  };
}
