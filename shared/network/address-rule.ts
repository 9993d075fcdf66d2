import { BlockList, isIP } from 'node:net';

/**
 * Decides which IP addresses a webhook may use: public ones, and those that the operator allows. An address must be
 * known to be public, so ranges that are assigned later are rejected by default.
 */

/** IPv4 ranges that are not public: https://www.iana.org/assignments/iana-ipv4-special-registry and multicast. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // A public address that Azure uses as its platform service: every VM reaches it inside the firewall.
  '168.63.129.16/32',
];
/** The public IPv6 range. Excludes loopback, ULA, link-local, multicast, IPv4-mapped, IPv4-compatible and NAT64. */
const GLOBAL_V6 = ['2000::/3'];
/** Exceptions in it: protocol assignments including Teredo and ORCHID, documentation, 6to4. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** Parses `address/prefix` or a plain address; null for anything else. */
function parseRange(text: string): { readonly address: string; readonly prefix: number } | null {
  const parts = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text);
  if (parts === null) return null;
  const [, address = '', bits] = parts;
  // NaN if this is not an address, so that no prefix is valid.
  const width = { 4: 32, 6: 128 }[isIP(address)] ?? NaN;
  const prefix = bits === undefined ? width : Number(bits);
  return prefix <= width ? { address, prefix } : null;
}

export const isRange = (text: string): boolean => parseRange(text) !== null;

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of ranges) {
    const range = parseRange(text);
    if (range === null) throw new RangeError(`${text} is not a range of IP addresses.`);
    list.addSubnet(range.address, range.prefix, familyOf(range.address));
  }
  return list;
}

const globalV6 = listOf(GLOBAL_V6);
const special = listOf([...SPECIAL_V4, ...SPECIAL_V6]);

const isIn = (list: BlockList, address: string): boolean => list.check(address, familyOf(address));

const isPublic = (address: string): boolean =>
  (isIP(address) === 4 || isIn(globalV6, address)) && !isIn(special, address);

export interface AddressRule {
  /** Whether the operator has allowed any ranges. */
  readonly hasRanges: boolean;
  /** Whether the operator allows the address: unencrypted webhooks may use it, too. */
  readonly isAllowed: (address: string) => boolean;
  /** Whether the address is public or allowed by the operator. */
  readonly permits: (address: string) => boolean;
}

/**
 * @param allowed CIDR ranges
 * @throws RangeError for an invalid range
 */
export function createAddressRule(allowed: readonly string[]): AddressRule {
  const list = listOf(allowed);
  // An address with a zone (fe80::1%eth0) is only valid on one link.
  const isWhole = (address: string): boolean => isIP(address) !== 0 && !address.includes('%');
  const isAllowed = (address: string): boolean => isWhole(address) && isIn(list, address);
  return {
    hasRanges: allowed.length > 0,
    isAllowed,
    permits: (address) => isWhole(address) && (isPublic(address) || isAllowed(address)),
  };
}
