import { fileKey, temporaryPrefix } from '../store/keys.js';
import { fileKind } from '../formats/file-kind.js';
import { FORMATS } from '../formats/index.js';
import type { JobRow } from './row.js';
import type { ObjectStore } from '../store/object-store.js';

/** Nothing of an ended job stays in the bucket: its uploads, its file, its held pieces. What has gone is no error. */
export async function deleteObjectsOf(row: JobRow, store: ObjectStore, signal?: AbortSignal): Promise<void> {
  const key = keyOf(row);
  if (key !== null) {
    // Uploads first: one that is completed a moment later would leave a file behind.
    await store.abortUploadsOf(key, signal);
    await store.delete(key);
  }
  await store.deleteAll(temporaryPrefix(row.job_id), signal);
}

/** A job that never had a plan may have had a file of a run before; one of a format that is unknown here has none. */
function keyOf(row: JobRow): string | null {
  if (row.file_key !== null) return row.file_key;
  return FORMATS.has(row.format) ? fileKey(row.user_id, row.job_id, fileKind(row).extension) : null;
}
