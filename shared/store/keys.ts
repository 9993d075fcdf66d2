/** The layout of the bucket. */

/** Key of a job's file. */
export const fileKey = (userId: string, jobId: string, extension: string): string =>
  `exports/${userId}/${jobId}.${extension}`;

/** Prefix of a job's held pieces, which exist until its file is complete. */
export const temporaryPrefix = (jobId: string): string => `tmp/${jobId}/`;

/** Prefix of the held pieces of one generation. */
export const heldPrefix = (jobId: string, generation: number): string => `${temporaryPrefix(jobId)}${generation}-`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The job id in the key of a file or held piece; null if the key is not one of ours. */
export function jobIdOfKey(key: string): string | null {
  const [kind, first = '', second = ''] = key.split('/');
  if (kind !== 'tmp' && kind !== 'exports') return null;
  const jobId = kind === 'tmp' ? first : second.slice(0, second.indexOf('.'));
  return UUID.test(jobId) ? jobId : null;
}
