import { client } from './client/client.gen';
import { createExport, downloadExport, getExport, listExports } from './client/sdk.gen';

const { EXPORTS_URL: baseUrl = '', EXPORTS_TOKEN: token = '' } = process.env;
client.setConfig({ baseUrl, auth: token });

// The response lists every problem of a request, each with its field.
const refused = await createExport({
  body: { type: 'orders', format: 'CSV', filters: { total: { gte: 'much' } }, options: { delimiter: 'too long' } },
});
const fields = refused.error?.errors?.map((error) => ('pointer' in error ? error.pointer : error.parameter)) ?? [];

const created = await createExport({
  headers: { 'Idempotency-Key': crypto.randomUUID() },
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
  job = (await getExport({ path: { job_id: job.job_id }, throwOnError: true })).data;
}
if (job.status !== 'COMPLETED') throw new Error(job.error_message ?? job.status);

const link = await downloadExport({ path: { job_id: job.job_id }, query: { redirect: 'false' }, throwOnError: true });
const text = await (await fetch(link.data.url)).text();
const listed = await listExports({ query: { status: 'COMPLETED', limit: 1 }, throwOnError: true });

const ids = listed.data.exports.map(({ job_id: id }) => id);
console.log(JSON.stringify({ fields, job_id: job.job_id, row_count: job.row_count, format: job.format, text, ids }));
