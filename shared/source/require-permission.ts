import type { DatasetRegistry } from '../datasets/index.js';
import type { Owner } from '../datasets/query.js';
import { ServiceError } from '../errors.js';
import type { Source } from './source.js';

/** A condition looks up one user. */
export const PERMISSION_MS = 5000;

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
  { tenantId, userId }: Required<Owner>,
  signal: AbortSignal,
): Promise<void> {
  const permission = registry.get(type)?.permission;
  if (permission === undefined) return;
  const session = { tenantId, userId, timezone: 'UTC', statementTimeoutMs: PERMISSION_MS };
  if (!(await source.permits(permission, session, signal))) {
    throw new ServiceError('NOT_PERMITTED', `This user isn't allowed to export ${type}.`);
  }
}
