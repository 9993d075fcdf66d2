/** Where things are kept in the bucket. */

/** Where the file of a job is kept in the bucket. */
export const fileKey = (userId: string, jobId: string, extension: string): string =>
  `exports/${userId}/${jobId}.${extension}`;

/** Where held pieces of a job are kept until its file is complete. */
export const temporaryPrefix = (jobId: string): string => `tmp/${jobId}/`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whose file or held piece is kept under a key; null for a key that is not one of ours. */
export function jobIdOfKey(key: string): string | null {
  const [kind, first = '', second = ''] = key.split('/');
  if (kind !== 'tmp' && kind !== 'exports') return null;
  const jobId = kind === 'tmp' ? first : second.slice(0, second.indexOf('.'));
  return UUID.test(jobId) ? jobId : null;
}
