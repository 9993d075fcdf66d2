import { customers } from './customers.js';
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

export const BUILT_IN_DATASETS: readonly Dataset[] = [orders, customers, transactions];

export { defineDataset, DatasetError, type Dataset } from './define-dataset.js';
