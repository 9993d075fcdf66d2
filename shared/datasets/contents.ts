import type { ExportRequest } from '../contract.js';
import { ACCOUNT, archivedDatasets, wholeOf } from './account.js';
import { datasetNamed, type Dataset, type DatasetRegistry } from './index.js';
import type { Owner } from './owned-rows.js';

/** What an export contains: one dataset's rows of a tenant, or one user's rows of several datasets. */
export interface Contents {
  readonly parts: readonly { readonly dataset: Dataset; readonly request: ExportRequest }[];
  /** The owner of the rows. */
  readonly owner: Owner;
}

/**
 * @param registry restricted to what the caller may have; an account leaves out datasets without any such column
 * @throws ServiceError DATASET_UNAVAILABLE if this process doesn't have the dataset
 */
export function contentsOf(
  request: ExportRequest,
  { tenantId, userId }: Required<Owner>,
  registry: DatasetRegistry,
): Contents {
  if (request.type !== ACCOUNT) {
    return { parts: [{ dataset: datasetNamed(registry, request.type), request }], owner: { tenantId } };
  }
  const parts = archivedDatasets(registry).map((dataset) => ({ dataset, request: wholeOf(dataset, request) }));
  return { parts, owner: { tenantId, userId } };
}
