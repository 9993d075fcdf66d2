import type { ExportRequest } from '../contract.js';
import { columnNames, type Dataset, type DatasetRegistry } from './define-dataset.js';

/** The account bundle: one user's own rows of all datasets in one archive. */

export { ACCOUNT } from './define-dataset.js';
export const ACCOUNT_TITLE = 'Account';

/** The datasets that have a user column, in registry order. */
export const accountDatasets = (registry: DatasetRegistry): Dataset[] =>
  [...registry.values()].filter(({ userColumn }) => userColumn !== undefined);

/** The request for all of a dataset's rows in the order of the key, as part of a bundle. */
export const wholeOf = (dataset: Dataset, bundle: ExportRequest): ExportRequest => ({
  ...bundle,
  type: dataset.name,
  columns: columnNames(dataset),
  filters: {},
});
