import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/**
 * Finds the IP addresses of a host name.
 * @throws the DNS error (`ENOTFOUND`, `ETIMEOUT`, `ECANCELLED` …) if there are none, or if `signal` is aborted
 */
export type ResolveName = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

interface Options {
  readonly hostsFile?: string;
  /** `address:port` of DNS servers; default: those of /etc/resolv.conf. */
  readonly servers?: readonly string[];
  /** How long one lookup may take, ms. */
  readonly limitMs?: number;
}

/** Timeout of the first query to a server, ms; each retry waits twice as long. */
const TRY_MS = 1000;
const TRIES = 3;

/**
 * Asks the hosts file and then DNS. The usual way, `getaddrinfo`, can't be canceled and has four threads for the whole
 * process, so a few names whose servers never answer would hold up every other lookup. Search domains aren't applied:
 * a name is asked as it is written.
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
    // An answer for one address family counts even if the other one's query times out.
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

/** The addresses that a hosts file has for a name. */
function addressesIn(hosts: string, name: string): string[] {
  return hosts.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return isIP(address) !== 0 && names.some((listed) => listed.toLowerCase() === name) ? [address] : [];
  });
}
