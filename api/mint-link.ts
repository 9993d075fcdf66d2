import { ServiceError } from '../shared/errors.js';
import { fileName } from '../shared/file-name.js';
import type { JobRow } from '../shared/infrastructure/job-row.js';
import { linkExpiry } from '../shared/links.js';
import { askPermission } from './ask-source.js';
import type { ApiDeps } from './deps.js';

/**
 * A presigned address of a job's file, made now and valid until `url_expires_at`. It goes to whoever asked and is
 * neither stored nor logged.
 * @throws ServiceError NOT_PERMITTED when whoever asked for the export may not have it any more, EXPIRED past that time or when the file was deleted, NOT_READY when there is none
 */
export async function mintLink(row: JobRow, deps: ApiDeps): Promise<{ url: string; expiresAt: Date }> {
  const { shown_status, file_key, url_expires_at: expiresAt } = row;
  if (shown_status === 'EXPIRED') throw new ServiceError('EXPIRED', `The file of export ${row.job_id} is gone.`);
  if (shown_status !== 'COMPLETED' || file_key === null || expiresAt === null) {
    throw new ServiceError('NOT_READY', `Export ${row.job_id} is ${shown_status} and has no file.`, {
      status_of_job: shown_status,
    });
  }
  await askPermission(deps, row.type, { tenantId: row.tenant_id, userId: row.user_id });
  // S3 counts in whole seconds from the one in which it was signed.
  const seconds = linkExpiry(expiresAt) - linkExpiry(new Date());
  const name = fileName({ ...row, jobId: row.job_id, createdAt: row.created_at });
  return { url: await deps.store.presign(file_key, name, Math.max(1, seconds)), expiresAt };
}
