import type { Request } from 'express';
import { ServiceError } from '../shared/errors.js';
import { fileName } from '../shared/job/file-name.js';
import type { JobRow } from '../shared/job/row.js';
import { linkExpiry } from '../shared/job/links.js';
import type { ApiDeps } from './deps.js';

/** How long a storage URL is valid: enough to follow a redirect, too short to outlive a withdrawn permission. */
const ADDRESS_SECONDS = 300;

export interface MintedLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/**
 * Signs a storage URL of a job's file, for GET or, if the client sent HEAD, for HEAD. It is valid for five minutes, and
 * never longer than the job's link. It is neither stored nor logged.
 * @throws ServiceError NOT_PERMITTED when the user lost the permission, EXPIRED when the link has expired or
 * the file was deleted, NOT_READY when there is no file
 */
export async function mintLink({ method }: Pick<Request, 'method'>, row: JobRow, deps: ApiDeps): Promise<MintedLink> {
  const { shown_status, file_key, url_expires_at: linkEnds } = row;
  if (shown_status === 'EXPIRED') throw new ServiceError('EXPIRED', `The file of export ${row.job_id} is gone.`);
  if (shown_status !== 'COMPLETED' || file_key === null || linkEnds === null) {
    throw new ServiceError('NOT_READY', `Export ${row.job_id} is ${shown_status} and has no file.`, {
      status_of_job: shown_status,
    });
  }
  await deps.permissions.require(row.type, { tenantId: row.tenant_id, userId: row.user_id });
  const signedAt = new Date();
  const left = linkExpiry(linkEnds) - linkExpiry(signedAt);
  const seconds = Math.min(ADDRESS_SECONDS, Math.max(1, left));
  const url = await deps.store.presign(file_key, {
    method: method === 'HEAD' ? 'HEAD' : 'GET',
    fileName: fileName({ ...row, jobId: row.job_id, createdAt: row.created_at }),
    signedAt,
    seconds,
  });
  return { url, expiresAt: new Date((linkExpiry(signedAt) + seconds) * 1000) };
}
