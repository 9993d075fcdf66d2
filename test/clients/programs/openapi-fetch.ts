import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

const { EXPORTS_URL: baseUrl = '', EXPORTS_TOKEN: token = '' } = process.env;
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

// The response lists every problem of a request, each with its field.
const refused = await client.POST('/v1/exports', {
  body: { type: 'orders', format: 'CSV', filters: { total: { gte: 'much' } }, options: { delimiter: 'too long' } },
});
const fields = refused.error?.errors?.map((error) => ('pointer' in error ? error.pointer : error.parameter)) ?? [];

// The types of filters are what the service accepts: no numbers for a text.
export const filters: components['schemas']['OrdersFilters'] = {
  // @ts-expect-error: a text
  currency: 978,
  total: { gte: 10, lt: '1e3' },
};

const created = await client.POST('/v1/exports', {
  params: { header: { 'Idempotency-Key': crypto.randomUUID() } },
  body: {
    type: 'orders',
    format: 'CSV',
    columns: ['id', 'total'],
    filters: { status: ['paid'], total: { gte: '10.00' } },
    sort: '-placed_at',
    options: { delimiter: ';' },
    notify: { email: false },
  },
});
if (created.error !== undefined) throw new Error(created.error.detail);

let job = created.data;
while (job.status === 'QUEUED' || job.status === 'PROCESSING') {
  await new Promise((resolve) => setTimeout(resolve, 100));
  const found = await client.GET('/v1/exports/{job_id}', { params: { path: { job_id: job.job_id } } });
  if (found.error !== undefined) throw new Error(found.error.detail);
  job = found.data;
}
if (job.status !== 'COMPLETED') throw new Error(job.error_message ?? job.status);

const link = await client.GET('/v1/exports/{job_id}/download', {
  params: { path: { job_id: job.job_id }, query: { redirect: 'false' } },
});
if (link.data === undefined) throw new Error(link.error?.detail);
const text = await (await fetch(link.data.url)).text();
const listed = await client.GET('/v1/exports', { params: { query: { status: 'COMPLETED', limit: 1 } } });

const ids = listed.data?.exports.map(({ job_id: id }) => id);
console.log(JSON.stringify({ fields, job_id: job.job_id, row_count: job.row_count, format: job.format, text, ids }));
