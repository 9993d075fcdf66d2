import { isRange } from './webhooks/address-rule.js';

/** Express's names for ranges that a proxy is often in. */
const NAMES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];
const isProxy = (text: string): boolean => NAMES.includes(text) || (isRange(text) && !text.endsWith('/0'));

/**
 * Whose `X-Forwarded-For` tells the client's address, as Express's `trust proxy` has it: everybody's, nobody's, that of
 * so many proxies before this service, or that of proxies with these addresses. Null for anything else.
 */
export function readTrustProxy(text: string): boolean | number | string[] | null {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const proxies = text.split(',').map((proxy) => proxy.trim());
  return proxies.every(isProxy) ? proxies : null;
}
