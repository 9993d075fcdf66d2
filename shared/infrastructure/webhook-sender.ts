import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ServiceError } from '../errors.js';
import type { AddressRule } from '../webhooks/address-rule.js';
import { connectionFault } from '../webhooks/connection-fault.js';
import { hostOf } from '../webhooks/url.js';

/** How long a connection, with TLS and the name's lookup, may take. */
const CONNECT_MS = 5000;
/** Of an answer's body; it is read for the receiver's sake and thrown away. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** A receiver may not put a delivery off for longer. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the lookup to the answer's headers, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface WebhookAnswer {
  readonly status: number;
  /** What `Retry-After` asks for, ms; null where it asks for nothing. */
  readonly retryAfterMs: number | null;
}

/**
 * One POST. Redirects are answers like others.
 * @throws ServiceError WEBHOOK_REFUSED for an address that the rule does not permit, WEBHOOK_UNAVAILABLE without an
 * answer; the reason of `signal` when that is aborted
 */
export type SendWebhook = (request: WebhookRequest) => Promise<WebhookAnswer>;

type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const refused = (host: string): ServiceError =>
  new ServiceError('WEBHOOK_REFUSED', `${host} leads to an address that webhooks may not go to.`);

/**
 * The lookup of a socket: it connects to what this answers and to nothing else, so that the address that was judged is
 * the one that is reached, whatever DNS says a moment later.
 */
function guarded(resolve: Resolve, permits: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      // What Node passes beside an error is nothing, whatever its types say.
      if (error !== null) {
        callback(error, '');
        return;
      }
      const [first, ...rest] = addresses.filter(({ address }) => permits(address));
      if (first === undefined) callback(refused(hostname), '');
      else if (options.all === true) callback(null, [first, ...rest]);
      else callback(null, first.address, first.family);
    });
  };
}

function retryAfter(value: string | undefined): number | null {
  if (value === undefined) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}

/** A receiver that is cut off in the middle of its answer may take the delivery for failed. */
async function drain(response: http.IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_BODY_BYTES) return;
    }
  } catch {
    // Its status has said all that matters.
  }
}

/** @param resolve how names become addresses; default: the system's way */
export function createWebhookSender(rule: AddressRule, resolve: Resolve = dnsLookup): SendWebhook {
  return async ({ url: text, headers, body, timeoutMs, signal }) => {
    const url = new URL(text);
    const host = hostOf(url);
    const secure = url.protocol === 'https:';
    const permits = secure ? rule.permits : rule.isAllowed;
    // A socket looks up no address that is one already.
    if (isIP(host) !== 0 && !permits(host)) throw refused(host);

    const slow = new AbortController();
    const limit = AbortSignal.timeout(timeoutMs);
    const options: https.RequestOptions = {
      method: 'POST',
      headers,
      lookup: guarded(resolve, permits),
      // A connection of its own: one that is kept would be of an address that was judged some time ago.
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      signal: AbortSignal.any([signal, limit, slow.signal]),
    };
    const timer = setTimeout(() => {
      slow.abort();
    }, CONNECT_MS);
    try {
      const response = await new Promise<http.IncomingMessage>((resolveAnswer, reject) => {
        const request = (secure ? https : http).request(url, options, resolveAnswer);
        request.once('socket', (socket) => {
          socket.once(secure ? 'secureConnect' : 'connect', () => {
            clearTimeout(timer);
          });
        });
        request.on('error', reject);
        request.end(body);
      });
      void drain(response);
      return { status: response.statusCode ?? 0, retryAfterMs: retryAfter(response.headers['retry-after']) };
    } catch (error) {
      signal.throwIfAborted();
      throw failure(error);
    } finally {
      clearTimeout(timer);
    }

    function failure(error: unknown): ServiceError {
      if (error instanceof ServiceError) return error;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const sentence = limit.aborted
        ? `${host} did not answer within ${timeoutMs / 1000} s.`
        : slow.signal.aborted
          ? `${host} took no connection within ${CONNECT_MS / 1000} s.`
          : connectionFault(host, code);
      return new ServiceError('WEBHOOK_UNAVAILABLE', sentence, {}, { cause: error });
    }
  };
}
