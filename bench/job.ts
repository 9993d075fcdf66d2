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

/** @throws StackError, as above */
export async function ask({ url, token }: Caller, path: string, init: RequestInit = {}): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url + path, { ...init, headers });
  const text = await response.text();
  if (!response.ok) throw new StackError(`${path} answered ${response.status}: ${text}`);
  return text;
}
