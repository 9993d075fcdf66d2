import type { Owner } from '../datasets/query.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { ServiceError } from '../errors.js';
import type { Source } from './source.js';

/** A condition looks up one user. */
const PERMISSION_MS = 5000;

interface Access {
  readonly source: Source;
  readonly registry: DatasetRegistry;
}

/**
 * Asks a dataset's `permission`, where it has one. What is no dataset (an account export) asks nobody.
 * @throws ServiceError NOT_PERMITTED, or SOURCE_UNAVAILABLE and DATASET_UNAVAILABLE when nobody can say
 */
export async function requirePermission(
  { source, registry }: Access,
  type: string,
  user: Required<Owner>,
  signal = AbortSignal.timeout(PERMISSION_MS),
): Promise<void> {
  const permission = registry.get(type)?.permission;
  if (permission === undefined) return;
  const session = { ...user, timezone: 'UTC', statementTimeoutMs: PERMISSION_MS };
  const isPermitted = await source.permits(permission, session, signal).catch((error: unknown) => {
    if (!isTimeout(signal)) throw error;
    throw new ServiceError('SOURCE_UNAVAILABLE', 'The source database takes too long.', {}, { cause: error });
  });
  if (!isPermitted) throw new ServiceError('NOT_PERMITTED', `This user may not export ${type}.`);
}

const isTimeout = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof DOMException && reason.name === 'TimeoutError';
