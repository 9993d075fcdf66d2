import type { DatasetRegistry } from '../datasets/index.js';
import type { Owner } from '../datasets/owned-rows.js';
import { ServiceError } from '../errors.js';
import type { Source } from './source.js';

/** Short, because a permission check looks up a single user. */
export const PERMISSION_MS = 5000;

interface Access {
  readonly source: Source;
  readonly registry: DatasetRegistry;
}

/**
 * Checks a dataset's `permission`, if it has one. An account export has no dataset and needs no check.
 * @throws ServiceError NOT_PERMITTED, or SOURCE_UNAVAILABLE or DATASET_UNAVAILABLE if the check fails
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
