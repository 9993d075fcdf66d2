import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail server on 127.0.0.1 that keeps what it is sent. */
export interface MailServer {
  readonly port: number;
  readonly mails: readonly Email[];
  close(): Promise<void>;
}

/**
 * @param hooks what the server does beside keeping mails; `taken` runs when it has a mail and before it says so
 */
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
  // A client that was killed is no fault of the server.
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

/** What an SMTP server answers when it refuses. */
export const answer = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });
