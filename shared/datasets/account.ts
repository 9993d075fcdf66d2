import type { ExportRequest } from '../contract.js';
import { ACCOUNT, columnNames, type Dataset, type DatasetRegistry } from './define-dataset.js';

/** The account bundle: one user's own rows of all datasets in one archive. */

export { ACCOUNT } from './define-dataset.js';
export const ACCOUNT_TITLE = 'Account';

/** What people call exports of a `type`; the type itself if this process doesn't have the dataset. */
export const titleOfType = (registry: DatasetRegistry, type: string): string =>
  type === ACCOUNT ? ACCOUNT_TITLE : (registry.get(type)?.title ?? type);

/** The datasets that have a user column, in registry order. */
export const accountDatasets = (registry: DatasetRegistry): Dataset[] =>
  [...registry.values()].filter(({ userColumn }) => userColumn !== undefined);

/** The datasets with at least one column in the archive. @param mine restricted to what the caller may have */
export const archivedDatasets = (mine: DatasetRegistry): Dataset[] =>
  accountDatasets(mine).filter((dataset) => columnNames(dataset).length > 0);

/** The request for all of a dataset's rows in the order of the key, as part of a bundle. */
export const wholeOf = (dataset: Dataset, bundle: ExportRequest): ExportRequest => ({
  ...bundle,
  type: dataset.name,
  columns: columnNames(dataset),
  filters: {},
});
