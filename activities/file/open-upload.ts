import type { FinishedFile, JobRef } from '../../shared/contract.js';
import type { OpenedUpload } from '../../shared/temporal/inputs.js';
import { fileNames } from '../../shared/job/file-name.js';
import { fileKind } from '../../shared/formats/file-kind.js';
import type { JobRow } from '../../shared/job/row.js';
import type { ActivityDeps } from '../deps.js';

export interface GenerationInput extends JobRef {
  readonly generation: number;
}

/** Metadata of a file: its job and generation. It identifies an old generation that was completed late. */
export const fileMetadata = ({ jobId, generation }: Pick<GenerationInput, 'jobId' | 'generation'>) => ({
  'job-id': jobId,
  generation: String(generation),
});

/** Finds or creates the upload of this generation, unless the file is complete or the upload is dead. */
export const openUpload =
  ({ jobs, plans, store }: Pick<ActivityDeps, 'jobs' | 'plans' | 'store'>) =>
  async ({ jobId, generation }: GenerationInput): Promise<OpenedUpload> => {
    const row = await jobs.get(jobId);
    const { file_key: key } = row;
    if (row.generation !== generation || key === null) return { state: 'replaced' };

    const file = finishedFile(row);
    if (file !== null && (await store.head(key))?.size === file.fileSize) return { state: 'complete', file };

    if (row.upload_id !== null) {
      if (await store.hasUpload(key, row.upload_id)) return { state: 'open' };
      // An attempt whose answer was lost may have completed it. `finishUpload` then finds the object.
      const object = await store.head(key);
      if (object !== null && isOfGeneration(object.metadata, { jobId, generation })) return { state: 'open' };
      await plans.endGeneration(jobId, generation);
      return { state: 'replaced' };
    }

    const uploadId = await store.createUpload(key, {
      contentType: fileKind(row).mediaType,
      ...fileNames({ ...row, jobId, createdAt: row.created_at }),
      metadata: fileMetadata({ jobId, generation }),
    });
    if (await plans.attachUpload(jobId, generation, uploadId)) return { state: 'open' };
    // Another attempt was faster, so its upload counts.
    await store.abortUpload(key, uploadId);
    const { upload_id: winner, generation: current } = (await jobs.find(jobId)) ?? row;
    return winner !== null && current === generation ? { state: 'open' } : { state: 'replaced' };
  };

/** The file of a job that is already COMPLETED. */
function finishedFile(row: JobRow): FinishedFile | null {
  const { file_key: fileKey, row_count: rowCount, file_size: fileSize, checksum, warnings } = row;
  if (fileKey === null || rowCount === null || fileSize === null || checksum === null) return null;
  return { fileKey, rowCount, fileSize, checksum, warnings };
}

export function isOfGeneration(
  metadata: Readonly<Record<string, string>>,
  input: Pick<GenerationInput, 'jobId' | 'generation'>,
): boolean {
  return Object.entries(fileMetadata(input)).every(([name, value]) => metadata[name] === value);
}
