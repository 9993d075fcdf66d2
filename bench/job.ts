import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { StackError } from '../dev/stack/stack-error.js';
import { PHASES } from '../shared/contract.js';
import type { BenchService } from './service.js';

/** The fields of a job's JSON that the benchmark uses. */
const jobSchema = z.object({
  job_id: z.string(),
  status: z.string(),
  phase: z.enum(PHASES),
  progress: z.number(),
  rows_exported: z.number(),
  row_count: z.number().nullable(),
  file_key: z.string().nullable(),
  file_size: z.number().nullable(),
  checksum: z.string().nullable(),
});
export type BenchJob = z.infer<typeof jobSchema>;

/** The service's URL and the token to call it with. */
export type ApiAccess = Pick<BenchService, 'url' | 'token'>;

/** Thrown for an unsuccessful response, with the API's own message. */
export class RefusedError extends StackError {
  constructor(
    message: string,
    readonly status: number,
    /** From `Retry-After`; 0 if absent. */
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

/** @throws RefusedError if the API rejects the request */
export const createJob = async (caller: ApiAccess, body: object, idempotencyKey?: string): Promise<BenchJob> =>
  jobIn(await askApi(caller, '/v1/exports', { method: 'POST', body: JSON.stringify(body), idempotencyKey }));

export const fetchJob = async (caller: ApiAccess, jobId: string): Promise<BenchJob> =>
  jobIn(await askApi(caller, `/v1/exports/${jobId}`));

const jobIn = (text: string): BenchJob => jobSchema.parse(JSON.parse(text));

/** `fetch` uses as much of the measured machine's CPU as the API does. */
const agent = new Agent({ keepAlive: true });

interface HttpOptions {
  readonly method?: string;
  readonly body?: string;
  readonly idempotencyKey?: string | undefined;
}

/** @throws RefusedError if the API rejects the request */
export async function askApi(
  { url, token }: ApiAccess,
  path: string,
  { method = 'GET', body = '', idempotencyKey }: HttpOptions = {},
): Promise<string> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  };
  const sent = request(url + path, { agent, method, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const said = await text(response);
  const { statusCode: status = 0 } = response;
  if (status >= 200 && status <= 299) return said;
  throw new RefusedError(`${path} answered ${status}: ${said}`, status, Number(response.headers['retry-after'] ?? 0));
}
