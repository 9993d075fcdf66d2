import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../deps.js';
import { ownedJob, parseQuery } from '../input.js';
import { mintLink } from '../mint-link.js';

const schema = z.strictObject({
  redirect: z.enum(['true', 'false'], { error: 'must be true or false' }).default('true'),
});

/** `GET /v1/exports/{job_id}/download`: to the file, or with `?redirect=false` its address for now. */
export function downloadExport(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { redirect } = parseQuery(request, schema);
    const { url, expiresAt } = await mintLink(await ownedJob(request, deps), deps);
    if (redirect === 'true') response.redirect(302, url);
    else response.json({ url, expires_at: expiresAt });
  };
}
