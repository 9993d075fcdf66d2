import { fileKey, temporaryPrefix } from '../store/keys.js';
import { fileKind } from '../formats/file-kind.js';
import { FORMATS } from '../formats/index.js';
import type { JobRow } from './row.js';
import type { ObjectStore } from '../store/object-store.js';

/** Deletes everything of an ended job from the bucket: uploads, file, held pieces. Missing objects aren't errors. */
export async function deleteObjectsOf(row: JobRow, store: ObjectStore, signal?: AbortSignal): Promise<void> {
  const key = keyOf(row);
  if (key !== null) {
    // Uploads first: one that is completed a moment later would leave a file behind.
    await store.abortUploadsOf(key, signal);
    await store.delete(key);
  }
  await store.deleteAll(temporaryPrefix(row.job_id), signal);
}

/** A job without a plan may have a file from an earlier run; a job of an unknown format has none. */
function keyOf(row: JobRow): string | null {
  if (row.file_key !== null) return row.file_key;
  return FORMATS.has(row.format) ? fileKey(row.user_id, row.job_id, fileKind(row).extension) : null;
}
