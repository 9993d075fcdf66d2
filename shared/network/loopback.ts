import { BlockList, isIP } from 'node:net';

/** Loopback addresses and the unspecified address, which also reaches this machine. */
const LOCAL = new BlockList();
LOCAL.addSubnet('127.0.0.0', 8);
LOCAL.addAddress('0.0.0.0');
LOCAL.addAddress('::1', 'ipv6');
LOCAL.addAddress('::', 'ipv6');

/** Whether a URL's host, with or without the brackets of IPv6, is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const version = isIP(host);
  if (version === 0) return /(^|\.)localhost\.?$/.test(host);
  return LOCAL.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
