import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail server on 127.0.0.1 that keeps the mails it receives. */
export interface MailServer {
  readonly port: number;
  readonly mails: readonly Email[];
  close(): Promise<void>;
}

/** @param hooks extra behavior of the server; `taken` runs when it has received a mail, before it responds */
export async function startMailServer(
  hooks: SMTPServerOptions & { readonly taken?: (mail: Email) => Promise<void> } = {},
): Promise<MailServer> {
  const { taken, ...options } = hooks;
  const mails: Email[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    hideSTARTTLS: true,
    logger: false,
    onData: (stream, _session, answer) => {
      void (async () => {
        const mail = await PostalMime.parse(await buffer(stream));
        mails.push(mail);
        await taken?.(mail);
      })().then(() => {
        answer(null);
      }, answer);
    },
    ...options,
  });
  // A killed client is not the server's error.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(resolve);
    });
  return { port, mails, close };
}

/** A rejection by an SMTP server. */
export const answer = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });
