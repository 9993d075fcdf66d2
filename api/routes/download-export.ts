import { z } from 'zod';
import { defineRoute } from '../http/define-route.js';
import { ownedJob, jobParams } from '../http/input.js';
import { LINK_PROBLEMS, handOut } from '../exports/mint-link.js';
import { PERMISSION_PROBLEMS } from '../openapi/operation.js';

const querySchema = z.strictObject({
  redirect: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('true')
    .describe('false: return the URL instead of redirecting'),
});
const answerSchema = z.strictObject({ url: z.url(), expires_at: z.iso.datetime() }).meta({ id: 'FileLink' });

export const downloadExport = defineRoute({
  method: 'get',
  path: '/v1/exports/:job_id/download',
  id: 'downloadExport',
  tag: 'Exports',
  summary: 'Download the file',
  description:
    'Redirects to a storage URL that is valid for five minutes. Keep `download_url` rather than that URL, or repeat this request for a new one. HEAD redirects to a URL that is signed for HEAD.',
  scope: 'exports:read',
  params: jobParams,
  query: () => querySchema,
  answers: {
    200: {
      description: 'With `redirect=false`: the URL of the file',
      schema: answerSchema,
      example: {
        url: 'https://s3.example.com/exports/01933b1c.csv?X-Amz-Expires=300&X-Amz-Signature=0a1b2c',
        expires_at: '2026-11-22T10:16:13.000Z',
      },
    },
    302: { description: 'Redirects to the file', headers: ['Location'] },
  },
  problems: [...PERMISSION_PROBLEMS, ...LINK_PROBLEMS],
  handle:
    (deps) =>
    async ({ params, query, principal, request }) => {
      const row = await ownedJob(params.job_id, principal, deps);
      const isRedirect = query.redirect === 'true';
      const action = isRedirect ? 'file.downloaded' : 'link.minted';
      const { url, expiresAt } = await handOut(request, row, { action, by: 'token' }, deps);
      if (isRedirect) return { status: 302, location: url };
      return { status: 200, body: { url, expires_at: expiresAt.toISOString() } };
    },
});
