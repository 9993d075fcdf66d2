import { ServiceError } from '../../shared/errors.js';
import { deleteObjectsOf } from '../../shared/job/delete-objects.js';
import { isoTime } from '../../shared/text/iso-time.js';
import { jobEvent } from '../../shared/job/audit-events.js';
import { isActive } from '../../shared/job/lifecycle.js';
import type { JobRow } from '../../shared/job/row.js';
import { SILENCE_MS, TimeLimitError, withTimeLimit } from '../../shared/time-limit.js';
import { defineRoute } from '../http/define-route.js';
import type { ApiDeps } from '../deps.js';
import { originOf } from '../http/origin.js';
import { jobParams, ownedJob } from '../http/input.js';

export const deleteExport = defineRoute({
  method: 'delete',
  path: '/v1/exports/:job_id',
  id: 'deleteExport',
  tag: 'Exports',
  summary: 'Delete the file of an export',
  description: 'Deletes the file, or whatever a failed export has left behind. The export itself stays in the list.',
  scope: 'exports:write',
  params: jobParams,
  answers: { 204: { description: 'The file is deleted' } },
  problems: ['STILL_ACTIVE', 'STORAGE_UNAVAILABLE', 'STORAGE_REFUSED'],
  handle:
    (deps) =>
    async ({ params, principal, request }) => {
      const row = await ownedJob(params.job_id, principal, deps);
      if (isActive(row.status)) {
        throw new ServiceError('STILL_ACTIVE', `Export ${row.job_id} is ${row.status}. Cancel it first.`);
      }
      if (row.file_deleted_at === null) {
        // Before the file is gone. If this process dies in between, a repeated request doesn't record it again.
        const once = `${row.job_id} file.deleted ${isoTime(row.completed_at) ?? ''}`;
        await deps.audit.record({ ...jobEvent(row, 'file.deleted', originOf(request)), once });
        await withTimeLimit(deleteFile(row, deps), SILENCE_MS).catch(explain);
      }
      return { status: 204 };
    },
});

/** Continues after the time limit, so a repeated request finds the file deleted. */
async function deleteFile(row: JobRow, { jobs, store }: ApiDeps): Promise<void> {
  await deleteObjectsOf(row, store);
  await jobs.markFileDeleted(row.job_id);
}

function explain(error: unknown): never {
  if (!(error instanceof TimeLimitError)) throw error;
  throw new ServiceError('STORAGE_UNAVAILABLE', 'The file storage took too long to respond.', {}, { cause: error });
}
