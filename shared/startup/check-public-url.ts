import type { WorkerConfig } from './config.js';
import { isLoopback } from '../network/loopback.js';

type Settings = Pick<
  WorkerConfig,
  'PUBLIC_URL' | 'RESEND_API_KEY' | 'RESEND_BASE_URL' | 'SMTP_URL' | 'WEBHOOK_ALLOWED_RANGES'
>;

/**
 * @returns a sentence if links point to the reader's own machine; null if PUBLIC_URL is a different host, or if mails
 * and webhooks stay on this machine, as in the local stack
 */
export function checkPublicUrl(settings: Settings): string | null {
  const { PUBLIC_URL: url } = settings;
  if (!isLoopback(new URL(url).hostname)) return null;
  const ways = [...(sendsMails(settings) ? ['mails'] : []), ...(sendsWebhooks(settings) ? ['webhooks'] : [])];
  if (ways.length === 0) return null;
  return `PUBLIC_URL is ${url}, but ${ways.join(' and ')} leave this machine: their links won't work. Set PUBLIC_URL to the address at which users reach the API.`;
}

function sendsMails({ RESEND_API_KEY: key, RESEND_BASE_URL: base, SMTP_URL: smtp }: Settings): boolean {
  if (smtp !== undefined) return !isLoopback(new URL(smtp).hostname);
  return key !== undefined && (base === undefined || !isLoopback(new URL(base).hostname));
}

/** Any request may name a webhook. Allowing webhooks to this machine means that this is a trial setup. */
function sendsWebhooks({ WEBHOOK_ALLOWED_RANGES: ranges }: Settings): boolean {
  return !ranges.some((range) => isLoopback(range.split('/')[0] ?? ''));
}
