import { customers } from './customers.js';
import { ServiceError } from '../errors.js';
import { DatasetError, type Dataset } from './define-dataset.js';
import { orders } from './orders.js';
import { transactions } from './transactions.js';

/** The datasets by name. A new one is one file and one line here. */
export type DatasetRegistry = ReadonlyMap<string, Dataset>;

/** @throws DatasetError when two datasets share a name. */
export function createRegistry(datasets: readonly Dataset[]): DatasetRegistry {
  const registry = new Map<string, Dataset>();
  for (const dataset of datasets) {
    if (registry.has(dataset.name)) throw new DatasetError(`There are two datasets named ${dataset.name}.`);
    registry.set(dataset.name, dataset);
  }
  return registry;
}

/** @throws ServiceError DATASET_UNAVAILABLE for a name that this process does not know */
export function datasetNamed(registry: DatasetRegistry, name: string): Dataset {
  const dataset = registry.get(name);
  if (dataset === undefined) throw new ServiceError('DATASET_UNAVAILABLE', `This worker has no dataset ${name}.`);
  return dataset;
}

export const BUILT_IN_DATASETS: readonly Dataset[] = [orders, customers, transactions];

export { checkDataset, defineDataset, DatasetError, type Dataset } from './define-dataset.js';
