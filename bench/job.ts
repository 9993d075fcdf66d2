import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { StackError } from '../dev/stack/stack-error.js';
import { PHASES } from '../shared/contract.js';
import type { Service } from './service.js';

/** What of a job's JSON is looked at. */
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
export type Job = z.infer<typeof jobSchema>;

/** Whom the service is asked as. */
export type Caller = Pick<Service, 'url' | 'token'>;

/** @throws StackError with the API's own words when it refuses */
export const postExport = async (caller: Caller, body: object): Promise<Job> =>
  jobIn(await ask(caller, '/v1/exports', { method: 'POST', body: JSON.stringify(body) }));

export const getExport = async (caller: Caller, jobId: string): Promise<Job> =>
  jobIn(await ask(caller, `/v1/exports/${jobId}`));

const jobIn = (text: string): Job => jobSchema.parse(JSON.parse(text));

/** Not by `fetch`, which takes as much of the machine that is measured as the API does. */
const agent = new Agent({ keepAlive: true });

/** @throws StackError, as above */
export async function ask(
  { url, token }: Caller,
  path: string,
  { method = 'GET', body = '' }: { readonly method?: string; readonly body?: string } = {},
): Promise<string> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const asked = request(url + path, { agent, method, headers });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const said = await text(response);
  const { statusCode: status = 0 } = response;
  if (status < 200 || status > 299) throw new StackError(`${path} answered ${status}: ${said}`);
  return said;
}
