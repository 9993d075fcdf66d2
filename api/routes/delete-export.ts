import type { RequestHandler } from 'express';
import { ServiceError } from '../../shared/errors.js';
import { deleteObjectsOf } from '../../shared/job/delete-objects.js';
import type { JobRow } from '../../shared/job/row.js';
import { isActive } from '../../shared/job/lifecycle.js';
import { SILENCE_MS, TimeLimitError, withTimeLimit } from '../../shared/time-limit.js';
import type { ApiDeps } from '../deps.js';
import { ownedJob } from '../input.js';
import type { Described } from '../openapi/operation.js';

/** `DELETE /v1/exports/{job_id}`: the file and whatever a failed job has left. The job itself stays in the list. */
export function deleteExport(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const row = await ownedJob(request, deps);
    if (isActive(row.status)) {
      throw new ServiceError('STILL_ACTIVE', `Export ${row.job_id} is ${row.status}: cancel it first.`);
    }
    if (row.file_deleted_at === null) await withTimeLimit(deleteFile(row, deps), SILENCE_MS).catch(explain);
    response.status(204).end();
  };
}

/** Goes on when nobody waits any more: whoever asks again finds it done. */
async function deleteFile(row: JobRow, { jobs, store }: ApiDeps): Promise<void> {
  await deleteObjectsOf(row, store);
  await jobs.markFileDeleted(row.job_id);
}

function explain(error: unknown): never {
  if (!(error instanceof TimeLimitError)) throw error;
  throw new ServiceError('STORAGE_UNAVAILABLE', 'The file storage takes too long.', {}, { cause: error });
}

export const deleteExportOperation: Described = {
  id: 'deleteExport',
  tag: 'Exports',
  summary: 'Delete the file of an export',
  description:
    'The file, or what a failed export has left, is gone when this answers. The export itself stays in the list.',
  scope: 'exports:write',
  answers: { 204: { description: 'The file is deleted' } },
  problems: ['STILL_ACTIVE', 'STORAGE_UNAVAILABLE', 'STORAGE_REFUSED'],
};
