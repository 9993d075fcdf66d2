import assert from 'node:assert/strict';
import { createMailer } from '../../shared/mails/create-mailer.js';
import type { Mail } from '../../shared/mails/mailer.js';
import { mailText } from '../../shared/mails/index.js';
import { DONE } from './facts.js';

export const MAIL: Mail = {
  to: 'ana@example.com',
  idempotencyKey: 'notification/1/completed',
  ...mailText('completed', DONE),
};

export interface How {
  readonly change?: Partial<Mail>;
  readonly signal?: AbortSignal;
  readonly withinMs?: number;
}

/** Sends a mail through the configured provider. */
export async function sendBy(
  config: Parameters<typeof createMailer>[0],
  { change = {}, signal = new AbortController().signal, withinMs }: How = {},
): Promise<void> {
  const mailer = createMailer({ EMAIL_FROM: 'Exports <exports@example.org>', ...config }, withinMs);
  assert.ok(mailer !== null);
  await mailer.send({ ...MAIL, ...change }, signal);
}
