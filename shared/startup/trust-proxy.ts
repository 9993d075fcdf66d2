import { isRange } from '../network/address-rule.js';

/** Express's names for common proxy address ranges. */
const NAMES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];
const isProxy = (text: string): boolean => NAMES.includes(text) || (isRange(text) && !text.endsWith('/0'));

/**
 * Parses the proxies whose `X-Forwarded-For` to trust, as in Express's `trust proxy`: all, none, a number of proxies in
 * front of this service, or proxies with the given addresses. Null for anything else.
 */
export function readTrustProxy(text: string): boolean | number | string[] | null {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const proxies = text.split(',').map((proxy) => proxy.trim());
  return proxies.every(isProxy) ? proxies : null;
}
