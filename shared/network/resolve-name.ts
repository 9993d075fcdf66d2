import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/**
 * Resolves a host name to IP addresses.
 * @throws the DNS error (`ENOTFOUND`, `ETIMEOUT`, `ECANCELLED` …) if there are none, or if `signal` aborts
 */
export type ResolveName = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

interface Options {
  readonly hostsFile?: string;
  /** DNS servers as `address:port`; default: those in /etc/resolv.conf. */
  readonly servers?: readonly string[];
  /** Limit for one lookup, ms. */
  readonly limitMs?: number;
}

/** Timeout of the first query to a server, ms; doubles with each retry. */
const TRY_MS = 1000;
const TRIES = 3;

/**
 * Reads the hosts file and then queries DNS. The usual `getaddrinfo` can't be canceled and has four threads per
 * process, so a few names whose servers never answer would block every other lookup. Search domains aren't applied.
 */
export function createNameResolver({ hostsFile = '/etc/hosts', servers, limitMs = 3000 }: Options = {}): ResolveName {
  return async (hostname, signal) => {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    if (isIP(name) !== 0) return [name];
    const listed = addressesIn(await readFile(hostsFile, 'utf8').catch(() => ''), name);
    if (listed.length > 0) return listed;
    // RFC 6761: never looked up in DNS.
    if (/(^|\.)localhost$/.test(name)) return ['127.0.0.1', '::1'];

    signal.throwIfAborted();
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = (): void => {
      resolver.cancel();
    };
    // One address family's response counts even if the other query times out.
    const timer = setTimeout(cancel, limitMs);
    signal.addEventListener('abort', cancel);
    try {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (addresses.length === 0 && failed !== undefined) throw failed.reason;
      return addresses;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  };
}

/** The addresses of a name in a hosts file. */
function addressesIn(hosts: string, name: string): string[] {
  return hosts.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return isIP(address) !== 0 && names.some((listed) => listed.toLowerCase() === name) ? [address] : [];
  });
}
