import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { ServiceError, messageOf } from '../errors.js';
import { isLoopback } from '../network/loopback.js';
import { asciiAddress } from './address.js';
import type { Mailer } from './mailer.js';

/** Each of them says which step failed; `withinMs` is the limit of all steps together. */
const CONNECT_WITHIN_MS = 8000;
const ANSWER_WITHIN_MS = 15_000;

interface Options {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS from the first byte). */
  readonly url: string;
  readonly from: string;
  readonly withinMs: number;
}

/** What nodemailer adds to an error: its own code, and the server's where the server has spoken. */
const failure = z.object({ code: z.string().optional(), responseCode: z.number().optional() });

/**
 * The server has said no for good to this sender, recipient or text. 530 wants a login or TLS first; that, a wrong
 * password and a server that turns us away at the door say nothing about the mail, and an operator mends them.
 */
function isRefusal(error: unknown): boolean {
  const { code, responseCode = 550 } = failure.safeParse(error).data ?? {};
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500 && responseCode !== 530;
}

function connectionOf(url: string) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const auth = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return {
    host,
    secure: protocol === 'smtps:',
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username === '' ? {} : { auth }),
    // STARTTLS is used wherever it is offered. A password does not leave this machine without it.
    requireTLS: username !== '' && !isLoopback(host),
  };
}

/** The same for every attempt, so that a server or a client that sees the mail twice can tell. */
export function messageId(idempotencyKey: string, from: string): string {
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return `<${idempotencyKey.replaceAll('/', '.')}@${domain}>`;
}

/** At least one mail per key. SMTP cannot promise more: a server may have taken a mail whose answer was lost. */
export function createSmtpMailer({ url, from, withinMs }: Options): Mailer {
  const connection = connectionOf(url);
  const transport = createTransport({
    ...connection,
    connectionTimeout: CONNECT_WITHIN_MS,
    greetingTimeout: CONNECT_WITHIN_MS,
    socketTimeout: ANSWER_WITHIN_MS,
    // A text of ours is never the name of a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, html, idempotencyKey }, ended) {
      const timeout = AbortSignal.timeout(withinMs);
      const signal = AbortSignal.any([ended, timeout]);
      // As an object: a string would be parsed as a list.
      const recipient = { name: '', address: asciiAddress(to) };
      const headers = { 'Auto-Submitted': 'auto-generated' };
      try {
        const id = messageId(idempotencyKey, from);
        await transport.sendMail({ from, to: recipient, subject, text, html, messageId: id, headers, signal });
      } catch (error) {
        ended.throwIfAborted();
        if (timeout.aborted) {
          const sentence = `The mail server ${connection.host} did not accept the mail within ${withinMs / 1000} s.`;
          throw new ServiceError('MAIL_UNAVAILABLE', sentence, {}, { cause: error });
        }
        if (isRefusal(error)) {
          throw new ServiceError(
            'MAIL_REFUSED',
            `The mail server ${connection.host} refused the mail: ${messageOf(error)}`,
          );
        }
        const sentence = `The mail server ${connection.host} does not take mails: ${messageOf(error)}`;
        throw new ServiceError('MAIL_UNAVAILABLE', sentence);
      }
    },
  };
}
