import type { Choices } from '../../shared/request/choices-schema.js';
import type { Estimate } from '../../shared/request/estimate-schema.js';
import type { JobList, ListedJob } from '../../shared/job/schema.js';
import type { ExportBody } from './new-export/request.js';
import { noAnswer, refusalOf } from './refusal.js';

/**
 * The service's API for one user. Every method rejects with a Refusal, or with the reason of its aborted signal. A 401
 * answer also ends the session.
 */
export interface Client {
  choices(signal: AbortSignal): Promise<Choices>;
  /** @param cursor `next_cursor` of the previous page; null for the newest page */
  list(cursor: string | null): Promise<JobList>;
  /** The newest exports whose name contains this. */
  find(name: string, signal: AbortSignal): Promise<JobList>;
  estimate(body: ExportBody, signal: AbortSignal): Promise<Estimate>;
  /** @param key Idempotency-Key: repeating a request with the same key starts only one export */
  readonly start: (body: ExportBody, key: string) => Promise<ListedJob>;
  cancel(jobId: string): Promise<ListedJob>;
  deleteFile(jobId: string): Promise<void>;
  /** The raw bytes of the server-sent events. */
  events(jobId: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

const UNAUTHENTICATED = 401;

export function createClient(token: string, onRefused: (sentence: string) => void): Client {
  const ask = async (path: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<Response> => {
    const response = await fetch(path, {
      ...init,
      headers: { ...headers, Authorization: `Bearer ${token}` },
    }).catch((error: unknown) => {
      throw init.signal?.aborted === true ? error : noAnswer();
    });
    if (response.ok) return response;
    const refusal = await refusalOf(response);
    if (refusal.status === UNAUTHENTICATED) onRefused(`${refusal.message} Please sign in again.`);
    throw refusal;
  };
  // Page and service have the same version, and the service's tests check its answers against these types.
  const json = async <T>(answer: Promise<Response>): Promise<T> => (await (await answer).json()) as T;
  const post = (path: string, body: unknown, init: RequestInit = {}, headers: Record<string, string> = {}) =>
    ask(
      path,
      { ...init, method: 'POST', body: JSON.stringify(body) },
      { ...headers, 'Content-Type': 'application/json' },
    );
  const at = (jobId: string, rest = ''): string => `/v1/exports/${encodeURIComponent(jobId)}${rest}`;

  return {
    choices: (signal) => json(ask('/v1/datasets', { signal })),
    list: (cursor) => json(ask(cursor === null ? '/v1/exports' : `/v1/exports?cursor=${encodeURIComponent(cursor)}`)),
    find: (name, signal) => json(ask(`/v1/exports?name=${encodeURIComponent(name)}`, { signal })),
    estimate: (body, signal) => json(post('/v1/exports/estimate', body, { signal })),
    start: (body, key) => json(post('/v1/exports', body, {}, { 'Idempotency-Key': key })),
    cancel: (jobId) => json(ask(at(jobId, '/cancel'), { method: 'POST' })),
    async deleteFile(jobId) {
      await ask(at(jobId), { method: 'DELETE' });
    },
    async events(jobId, signal) {
      const { body } = await ask(at(jobId, '/events'), { signal });
      if (body === null) throw noAnswer();
      return body;
    },
  };
}
