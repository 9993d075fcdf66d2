import { ACCOUNT, accountDatasets } from '../datasets/account.js';
import { conditionsOf, mayExport, restrictDataset } from '../datasets/column-rights.js';
import type { Dataset, DatasetRegistry } from '../datasets/index.js';
import type { JobParties } from '../contract.js';
import { ServiceError } from '../errors.js';
import type { Source } from './source.js';

/** Short, because a permission check looks up a single user. */
export const PERMISSION_MS = 5000;

interface Access {
  readonly source: Source;
  readonly registry: DatasetRegistry;
}

/**
 * The datasets of a request, restricted to the columns, masks and filters that its caller may have at this moment. All
 * other datasets are in the result, too; a permission that wasn't checked counts as denied (see `mayExport`).
 * An export on behalf of a user has what both users may have, because both can download it.
 * @param type of the request; undefined for all datasets, of which each is then restricted
 * @throws ServiceError NOT_PERMITTED if the caller may not export the dataset; SOURCE_UNAVAILABLE or
 * DATASET_UNAVAILABLE if the check fails
 */
export async function permittedDatasets(
  { source, registry }: Access,
  type: string | undefined,
  { tenantId, userId, requestedBy }: JobParties,
  signal: AbortSignal,
): Promise<DatasetRegistry> {
  const conditions = conditionsToAsk(registry, type);
  let granted: ReadonlySet<string> = new Set(conditions);
  for (const id of conditions.length === 0 ? [] : new Set([userId, requestedBy ?? userId])) {
    const session = { tenantId, userId: id, timezone: 'UTC', statementTimeoutMs: PERMISSION_MS };
    const own = await source.granted(conditions, session, signal);
    granted = new Set([...granted].filter((condition) => own.has(condition)));
  }
  const mine = restrictAll(registry, granted);
  const requested = type === undefined ? undefined : mine.get(type);
  if (requested !== undefined && !mayExport(requested)) {
    throw new ServiceError('NOT_PERMITTED', `This user isn't allowed to export ${requested.title}.`);
  }
  return mine;
}

/** @param granted the conditions that are true for a caller */
export const restrictAll = (registry: DatasetRegistry, granted: ReadonlySet<string>): DatasetRegistry =>
  new Map([...registry].map(([name, dataset]) => [name, restrictDataset(dataset, granted)]));

/** Whether the database decides what a caller may have. */
export const dependsOnCaller = (registry: DatasetRegistry, type: string | undefined): boolean =>
  conditionsToAsk(registry, type).length > 0;

function conditionsToAsk(registry: DatasetRegistry, type: string | undefined): string[] {
  const datasets = datasetsOf(registry, type);
  // Account exports contain only the user's own rows, which need no permission of a dataset.
  const own = type === ACCOUNT ? [] : datasets.flatMap(({ permission }) => permission ?? []);
  return [...new Set([...own, ...datasets.flatMap(conditionsOf)])];
}

function datasetsOf(registry: DatasetRegistry, type: string | undefined): Dataset[] {
  if (type === undefined) return [...registry.values()];
  if (type === ACCOUNT) return accountDatasets(registry);
  const dataset = registry.get(type);
  return dataset === undefined ? [] : [dataset];
}
