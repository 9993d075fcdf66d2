import { ServiceError } from '../errors.js';
import { MAX_SEGMENTS } from '../plan/segments.js';
import { accountDatasets } from './account.js';
import { customers } from './customers.js';
import { DatasetError, type Dataset, type DatasetRegistry } from './define-dataset.js';
import { orders } from './orders.js';
import { transactions } from './transactions.js';

/** @throws DatasetError if two datasets share a name, or there are too many for an account export */
export function createRegistry(datasets: readonly Dataset[]): DatasetRegistry {
  const registry = new Map<string, Dataset>();
  for (const dataset of datasets) {
    if (registry.has(dataset.name)) throw new DatasetError(`Two datasets are named ${dataset.name}.`);
    registry.set(dataset.name, dataset);
  }
  const files = accountDatasets(registry).length;
  if (files > MAX_SEGMENTS) {
    throw new DatasetError(
      `${files} datasets have a userColumn, but an account export holds at most ${MAX_SEGMENTS} files.`,
    );
  }
  return registry;
}

/** @throws ServiceError DATASET_UNAVAILABLE if this process doesn't have the dataset */
export function datasetNamed(registry: DatasetRegistry, name: string): Dataset {
  const dataset = registry.get(name);
  if (dataset === undefined) throw new ServiceError('DATASET_UNAVAILABLE', `This worker has no dataset ${name}.`);
  return dataset;
}

/** To add one, write its file and add it here. */
export const BUILT_IN_DATASETS: readonly Dataset[] = [orders, customers, transactions];

export { checkDataset, defineDataset, DatasetError, type Dataset, type DatasetRegistry } from './define-dataset.js';
