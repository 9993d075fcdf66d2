import { z } from 'zod';
import { ServiceError } from '../../shared/errors.js';
import { linkExpiry, readDownloadToken } from '../../shared/job/links.js';
import { contextOf } from '../http/context.js';
import { defineRoute } from '../http/define-route.js';
import { LINK_PROBLEMS, handOut } from '../exports/mint-link.js';

const tokenSchema = z.string().min(1).meta({
  description: 'From `download_url`. Anyone who has it can download the file.',
  example: 'AaIFasQ_coCEkxpE7gpVkgAAawTA',
});

/** `download_url`. The token in it is enough to download the file, so it is never logged. */
export const openLink = defineRoute({
  method: 'get',
  path: '/d/:token',
  id: 'openLink',
  tag: 'Exports',
  summary: 'Open a download link',
  description:
    'Works without an access token: anyone who has the link can download the file. Redirects to a storage URL that is valid for five minutes; HEAD redirects to a URL that is signed for HEAD.',
  params: z.object({ token: tokenSchema }),
  answers: { 302: { description: 'Redirects to the file', headers: ['Location'] } },
  problems: [
    ...LINK_PROBLEMS,
    'JOB_STORE_UNAVAILABLE',
    'SOURCE_FORBIDDEN',
    'SOURCE_UNAVAILABLE',
    'DATASET_UNAVAILABLE',
  ],
  handle:
    (deps) =>
    async ({ params, request }) => {
      const link = readDownloadToken(deps.settings.linkSecret, params.token);
      const row = link === null ? null : await deps.jobs.find(link.jobId);
      const isCurrent = row?.url_expires_at != null && linkExpiry(row.url_expires_at) === link?.expires;
      // A forged token, a deleted job and a link from before a reset must be indistinguishable.
      if (row === null || !isCurrent) throw noSuchLink();
      contextOf(request).jobId = row.job_id;
      const how = { action: 'file.downloaded', by: 'link' } as const;
      const { url } = await handOut(request, row, how, deps).catch((error: unknown) => {
        // If the owner lost the permission, so did everybody they gave the link to.
        throw error instanceof ServiceError && error.code === 'NOT_PERMITTED' ? noSuchLink() : error;
      });
      return { status: 302, location: url };
    },
});

const noSuchLink = (): ServiceError => new ServiceError('NOT_FOUND', "This link doesn't exist.");
