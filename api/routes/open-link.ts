import type { RequestHandler } from 'express';
import { ServiceError } from '../../shared/errors.js';
import { linkExpiry, readDownloadToken } from '../../shared/job/links.js';
import { contextOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { mintLink } from '../mint-link.js';
import type { Described } from '../openapi/operation.js';

/** `GET /d/{token}`: `download_url`, for whoever has it. The token is the permission; nothing logs it. */
export function openLink(deps: ApiDeps): RequestHandler {
  const { linkSecret } = deps.settings;
  return async (request, response) => {
    const { token } = request.params;
    const link = typeof token === 'string' ? readDownloadToken(linkSecret, token) : null;
    const row = link === null ? null : await deps.jobs.find(link.jobId);
    const isCurrent = row?.url_expires_at != null && linkExpiry(row.url_expires_at) === link?.expires;
    // Forged, of a job that is gone, of another completion of it: all the same to whoever holds it.
    if (row === null || !isCurrent) throw noSuchLink();
    contextOf(request).jobId = row.job_id;
    const { url } = await mintLink(request, row, deps).catch((error: unknown) => {
      // Whoever asked for it may not have it any more: nor may whom they gave the link.
      throw error instanceof ServiceError && error.code === 'NOT_PERMITTED' ? noSuchLink() : error;
    });
    response.redirect(302, url);
  };
}

const noSuchLink = (): ServiceError => new ServiceError('NOT_FOUND', 'There is no such link.');

export const openLinkOperation: Described = {
  id: 'openLink',
  tag: 'Exports',
  summary: 'Open a download link',
  description:
    'Works without a token: anyone who has the link can download the file. Redirects to a storage URL that is valid for five minutes; HEAD redirects to a URL that is signed for HEAD.',
  answers: { 302: { description: 'Redirects to the file', headers: ['Location'] } },
  problems: [
    'NOT_READY',
    'EXPIRED',
    'JOB_STORE_UNAVAILABLE',
    'SOURCE_FORBIDDEN',
    'SOURCE_UNAVAILABLE',
    'DATASET_UNAVAILABLE',
  ],
};
