import type { Request } from 'express';
import { ServiceError, type ErrorCode } from '../../shared/errors.js';
import { jobEvent } from '../../shared/job/audit-events.js';
import { fileNames } from '../../shared/job/file-name.js';
import type { JobRow } from '../../shared/job/row.js';
import { linkExpiry } from '../../shared/job/links.js';
import type { ApiDeps } from '../deps.js';
import { originOf } from '../http/origin.js';

/** How long a storage URL is valid: enough to follow a redirect, too short to outlive a revoked permission. */
const URL_SECONDS = 300;

/** Errors of a job without a file to link to. */
export const LINK_PROBLEMS: readonly ErrorCode[] = ['NOT_READY', 'EXPIRED', 'FILE_DELETED'];

export interface MintedLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/**
 * Signs a storage URL of a job's file, for GET or, if the client sent HEAD, for HEAD. It is valid for five minutes, and
 * never longer than the job's link. It is neither stored nor logged.
 * @throws ServiceError NOT_PERMITTED when the user lost the permission, EXPIRED when the link has expired, FILE_DELETED
 * when the file was deleted before, NOT_READY when there is no file yet or the export failed
 */
async function mintLink({ method }: Pick<Request, 'method'>, row: JobRow, deps: ApiDeps): Promise<MintedLink> {
  const { fileKey, linkEnds } = requireFile(row);
  await deps.permissions.requireFile(row);
  const signedAt = new Date();
  const left = linkExpiry(linkEnds) - linkExpiry(signedAt);
  const seconds = Math.min(URL_SECONDS, Math.max(1, left));
  const url = await deps.store.presign(fileKey, {
    method: method === 'HEAD' ? 'HEAD' : 'GET',
    ...fileNames({ ...row, jobId: row.job_id, createdAt: row.created_at }),
    signedAt,
    seconds,
  });
  return { url, expiresAt: new Date((linkExpiry(signedAt) + seconds) * 1000) };
}

/**
 * Mints a link and records it in the audit log, before the client has it. HEAD gets a URL that can't fetch the file, so it
 * isn't recorded.
 * @param by what entitles the client: its access token, or the job's link
 */
export async function handOut(
  request: Request,
  row: JobRow,
  { action, by }: { readonly action: 'link.minted' | 'file.downloaded'; readonly by: 'token' | 'link' },
  deps: ApiDeps,
): Promise<MintedLink> {
  const link = await mintLink(request, row, deps);
  if (request.method !== 'HEAD') {
    const details = { by, rows: row.row_count, bytes: row.file_size };
    await deps.audit.record(jobEvent(row, action, originOf(request), details));
  }
  return link;
}

function requireFile(row: JobRow): { readonly fileKey: string; readonly linkEnds: Date } {
  const { job_id: jobId, shown_status: status, file_key: fileKey, url_expires_at: linkEnds } = row;
  if (status === 'COMPLETED' && fileKey !== null && linkEnds !== null) return { fileKey, linkEnds };
  if (status !== 'EXPIRED') {
    const sentence = `Export ${jobId} is ${status} and has no file.`;
    throw new ServiceError('NOT_READY', sentence, { status_of_job: status });
  }
  // The sweep also deletes files, but only after their links have expired.
  if (row.file_deleted_at !== null && linkEnds !== null && row.file_deleted_at < linkEnds) {
    throw new ServiceError('FILE_DELETED', `The file of export ${jobId} was deleted.`);
  }
  throw new ServiceError('EXPIRED', `The link to the file of export ${jobId} has expired. Create the export again.`);
}
