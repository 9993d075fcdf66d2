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

/** @throws StackError with the API's own words when it refuses */
export const postExport = (service: Service, body: object): Promise<Job> =>
  request(service, '/v1/exports', { method: 'POST', body: JSON.stringify(body) });

export const getExport = (service: Service, jobId: string): Promise<Job> =>
  request(service, `/v1/exports/${jobId}`, {});

async function request({ url, token }: Service, path: string, init: RequestInit): Promise<Job> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url + path, { ...init, headers });
  const text = await response.text();
  if (!response.ok) throw new StackError(`${path} answered ${response.status}: ${text}`);
  return jobSchema.parse(JSON.parse(text));
}
