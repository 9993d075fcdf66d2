import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../errors.js';
import type { AddressRule } from '../network/address-rule.js';
import { connectionFault } from './connection-fault.js';
import { hostOf } from './url.js';
import { createNameResolver, type ResolveName } from '../network/resolve-name.js';

/** Limit for connecting, including DNS lookup and TLS. */
const CONNECT_MS = 5000;
/** Connect timeout per address before the next one is tried. Node's default is too short for distant receivers. */
const ADDRESS_MS = 1000;
/** Limit for the response body, which is read and discarded so that the receiver doesn't see a broken connection. */
const MAX_BODY_BYTES = 64 * 1024;
/** Limit for reading the body; the status is known by then. */
const BODY_MS = 1000;
/** Limit for informational responses (1xx) before the final one. */
const MAX_INFORMATIONAL = 20;
const MAX_HEADER_BYTES = 16 * 1024;
/** The longest delay that a receiver may request. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Limit from the lookup to the response headers, ms. The body has one more second. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface WebhookAnswer {
  readonly status: number;
  /** The delay from `Retry-After`, ms; null if absent. */
  readonly retryAfterMs: number | null;
}

/**
 * Sends one POST. Redirects and `101 Switching Protocols` count as ordinary responses. The call and its connection end
 * within the limits whatever the receiver does.
 * @throws ServiceError WEBHOOK_REFUSED if the rule does not permit the address, WEBHOOK_UNAVAILABLE if there is no
 * response; the reason of `signal` if it aborts
 */
export type SendWebhook = (request: WebhookRequest) => Promise<WebhookAnswer>;

const refused = (host: string): ServiceError =>
  new ServiceError('WEBHOOK_REFUSED', `${host} points to an address that webhooks may not use.`);
const unavailable = (sentence: string, cause?: unknown): ServiceError =>
  new ServiceError('WEBHOOK_UNAVAILABLE', sentence, {}, { cause });
const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** A lookup function for sockets that returns only the checked addresses, even if DNS changes a moment later. */
function answering(addresses: readonly string[]): LookupFunction {
  const [first = '', ...rest] = addresses;
  const withFamily = (address: string) => ({ address, family: isIP(address) });
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, [first, ...rest].map(withFamily));
    else callback(null, first, isIP(first));
  };
}

function retryAfter(value: string | undefined): number | null {
  if (value === undefined) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}

/** Reads the body, because a receiver that is cut off mid-response may consider the delivery failed. */
async function drain(response: http.IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_BODY_BYTES) return;
    }
  } catch {
    // The status is all that matters.
  }
}

function onAbort(signal: AbortSignal, reject: (reason: unknown) => void): void {
  signal.addEventListener('abort', () => {
    reject(signal.reason);
  });
}

interface Exchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Addresses of the URL's host. */
  readonly addresses: readonly string[];
  /** Aborts the exchange; its reason is thrown. */
  readonly signal: AbortSignal;
  readonly onConnected: () => void;
}

/**
 * Sends a request and returns the response head; the body has been read or abandoned. The socket is closed when this
 * settles.
 * @throws the reason of `signal`, or Node's error
 */
async function exchange({
  url,
  headers,
  body,
  addresses,
  signal,
  onConnected,
}: Exchange): Promise<http.IncomingMessage> {
  const secure = url.protocol === 'https:';
  const options: https.RequestOptions & Pick<TcpSocketConnectOpts, 'autoSelectFamilyAttemptTimeout'> = {
    method: 'POST',
    headers,
    lookup: answering(addresses),
    autoSelectFamilyAttemptTimeout: ADDRESS_MS,
    // Always open a new connection: a kept-alive one would use an address that was checked some time ago.
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  signal.throwIfAborted();
  const request = (secure ? https : http).request(url, options);
  let socket: Socket | undefined;
  let informational = 0;
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      onAbort(signal, reject);
      request.once('socket', (used) => {
        // After an upgrade there is no other listener, and an unhandled error would end the process.
        socket = used.on('error', () => undefined).once(secure ? 'secureConnect' : 'connect', onConnected);
      });
      request.on('information', () => {
        informational += 1;
        if (informational > MAX_INFORMATIONAL)
          reject(unavailable(`${url.hostname} sent only informational responses.`));
      });
      // Without this listener, Node silently drops the socket: no response, no error, no timeout.
      request.once('upgrade', resolve);
      request.once('response', resolve);
      request.on('error', reject);
      request.once('close', () => {
        reject(new Error('The connection was closed without a response.'));
      });
      request.end(body);
    });
    if (response.statusCode !== 101) await Promise.race([drain(response), sleep(BODY_MS, undefined, { ref: false })]);
    return response;
  } finally {
    request.destroy();
    socket?.destroy();
  }
}

/** @param resolve resolves host names; default: the hosts file and DNS */
export function createWebhookSender(rule: AddressRule, resolve: ResolveName = createNameResolver()): SendWebhook {
  return async ({ url: text, headers, body, timeoutMs, signal }) => {
    const url = new URL(text);
    const host = hostOf(url);
    const permits = url.protocol === 'https:' ? rule.permits : rule.isAllowed;

    const limit = new AbortController();
    const within = (ms: number, sentence: string): NodeJS.Timeout =>
      setTimeout(() => {
        limit.abort(unavailable(sentence));
      }, ms);
    const connecting = within(CONNECT_MS, `${host} accepted no connection within ${CONNECT_MS / 1000} s.`);
    const waiting = within(timeoutMs, `${host} did not answer within ${timeoutMs / 1000} s.`);
    const ended = AbortSignal.any([signal, limit.signal]);
    try {
      const addresses = (await lookUp(host, ended)).filter(permits);
      if (addresses.length === 0) throw refused(host);
      const onConnected = (): void => {
        clearTimeout(connecting);
      };
      const response = await exchange({ url, headers, body, addresses, signal: ended, onConnected });
      return { status: response.statusCode ?? 0, retryAfterMs: retryAfter(response.headers['retry-after']) };
    } catch (error) {
      ended.throwIfAborted();
      if (error instanceof ServiceError) throw error;
      throw unavailable(connectionFault(host, codeOf(error)), error);
    } finally {
      clearTimeout(connecting);
      clearTimeout(waiting);
    }
  };

  async function lookUp(host: string, signal: AbortSignal): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host];
    try {
      const gaveUp = new Promise<never>((_, reject) => {
        onAbort(signal, reject);
      });
      return await Promise.race([resolve(host, signal), gaveUp]);
    } catch (error) {
      throw unavailable(connectionFault(host, 'ENOTFOUND'), error);
    }
  }
}
