import { isIP } from 'node:net';
import { z } from 'zod';
import type { AddressRule } from '../network/address-rule.js';

/** Limit for the URL as sent, in characters. */
const MAX_LENGTH = 2048;

/** The host of a URL without the brackets of an IPv6 address. The URL parser has already normalized it. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** The IP address of a host that needs no lookup; null for a name that needs DNS. */
function addressOf(host: string): string | null {
  if (isIP(host) !== 0) return host;
  return /(^|\.)localhost\.?$/.test(host) ? '127.0.0.1' : null;
}

/** Why a webhook cannot use this URL; null if it may. Names are resolved and checked when a message is sent. */
function urlProblem(url: URL, rule: AddressRule): string | null {
  if (url.href.length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or a password';
  if (url.href.includes('#')) return 'must not have a fragment';
  const address = addressOf(hostOf(url));
  if (address !== null && !rule.permits(address)) return 'must point to a public address';
  const mayBePlain = address === null ? rule.hasRanges : rule.isAllowed(address);
  return url.protocol === 'https:' || mayBePlain ? null : 'must begin with https://';
}

/** `notify.webhook_url` of a request, as normalized by the URL parser. */
export function webhookUrlSchema(rule: AddressRule) {
  const error = 'must be an address such as https://example.com/hook';
  return z.string({ error }).transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const problem = url === null ? error : urlProblem(url, rule);
    if (url !== null && problem === null) return url.href;
    context.addIssue({ code: 'custom', message: problem ?? error });
    return z.NEVER;
  });
}
