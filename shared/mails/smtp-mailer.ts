import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { ServiceError, messageOf } from '../errors.js';
import { isLoopback } from '../network/loopback.js';
import { asciiAddress } from './address.js';
import type { Mailer } from './mailer.js';

/** Time limits for single steps, so that an error tells which one failed; `withinMs` limits all steps together. */
const CONNECT_WITHIN_MS = 8000;
const ANSWER_WITHIN_MS = 15_000;

interface Options {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS from the first byte). */
  readonly url: string;
  readonly from: string;
  readonly withinMs: number;
}

/** What nodemailer adds to an error: its own code, and the server's reply code if there was a reply. */
const failure = z.object({ code: z.string().optional(), responseCode: z.number().optional() });

/**
 * Whether the server has permanently rejected this sender, recipient or text. 530 asks for a login or TLS first; that, a
 * wrong password or a rejected connection say nothing about the mail, and an operator has to fix them.
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
    // STARTTLS is used wherever it is offered, and required before a password leaves this machine.
    requireTLS: username !== '' && !isLoopback(host),
  };
}

/** The same for every attempt, so that servers and mail clients can recognize duplicates. */
export function messageId(idempotencyKey: string, from: string): string {
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return `<${idempotencyKey.replaceAll('/', '.')}@${domain}>`;
}

/** Sends at least one mail per key. SMTP can't promise more: the answer of a server that accepted a mail may be lost. */
export function createSmtpMailer({ url, from, withinMs }: Options): Mailer {
  const connection = connectionOf(url);
  const transport = createTransport({
    ...connection,
    connectionTimeout: CONNECT_WITHIN_MS,
    greetingTimeout: CONNECT_WITHIN_MS,
    socketTimeout: ANSWER_WITHIN_MS,
    // nodemailer must never read a file or fetch a URL on behalf of a mail's text.
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
          const sentence = `The mail server ${connection.host} didn't accept the mail within ${withinMs / 1000} s.`;
          throw new ServiceError('MAIL_UNAVAILABLE', sentence, {}, { cause: error });
        }
        if (isRefusal(error)) {
          throw new ServiceError(
            'MAIL_REFUSED',
            `The mail server ${connection.host} refused the mail: ${messageOf(error)}`,
          );
        }
        const sentence = `The mail server ${connection.host} isn't accepting mail: ${messageOf(error)}`;
        throw new ServiceError('MAIL_UNAVAILABLE', sentence);
      }
    },
  };
}
