import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../deps.js';
import { ownedJob, parseQuery } from '../input.js';
import { mintLink } from '../mint-link.js';
import { PERMISSION_PROBLEMS, type Operation } from '../openapi/operation.js';

const querySchema = z.strictObject({
  redirect: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('true')
    .describe('false: return the URL instead of redirecting'),
});
const answerSchema = z.strictObject({ url: z.url(), expires_at: z.iso.datetime() });

/** `GET /v1/exports/{job_id}/download`: to the file, or with `?redirect=false` its address for now. */
export function downloadExport(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { redirect } = parseQuery(request, querySchema);
    const { url, expiresAt } = await mintLink(request, await ownedJob(request, deps), deps);
    if (redirect === 'true') response.redirect(302, url);
    else {
      response.json({ url, expires_at: expiresAt.toISOString() } satisfies z.infer<typeof answerSchema>);
    }
  };
}

export const downloadExportOperation: Operation = {
  id: 'downloadExport',
  tag: 'Exports',
  summary: 'Download the file',
  description:
    'Redirects to a storage URL that is valid for five minutes. Keep `download_url` rather than that URL, or repeat this request for a new one. HEAD redirects to a URL that is signed for HEAD.',
  scope: 'exports:read',
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
  problems: [...PERMISSION_PROBLEMS, 'NOT_READY', 'EXPIRED'],
};
