import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../errors.js';
import { DatasetError, defineDataset, type Dataset } from './define-dataset.js';
import { BUILT_IN_DATASETS, createRegistry, type DatasetRegistry } from './index.js';

/** Reads like a definition, before `defineDataset` looks closer. */
const looksLikeDataset = (value: unknown): value is Dataset =>
  typeof value === 'object' &&
  value !== null &&
  ['name', 'table', 'key', 'tenantColumn', 'columns'].every((name) => name in value);

/**
 * The datasets of `DATASETS_MODULE` (default export: an array of them), or the built-in ones.
 * @param modulePath relative to the folder that the process was started in
 * @throws DatasetError with a sentence: the module does not load, or a definition cannot work
 */
export async function loadDatasets(modulePath: string | undefined): Promise<DatasetRegistry> {
  if (modulePath === undefined) return createRegistry(BUILT_IN_DATASETS);
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(modulePath)).href);
  } catch (error) {
    throw new DatasetError(`DATASETS_MODULE ${modulePath} does not load: ${messageOf(error)}`, { cause: error });
  }
  const datasets: unknown =
    typeof module === 'object' && module !== null && 'default' in module ? module.default : null;
  if (!Array.isArray(datasets) || datasets.length === 0 || !datasets.every(looksLikeDataset)) {
    throw new DatasetError(`DATASETS_MODULE ${modulePath} must have an array of datasets as its default export.`);
  }
  return createRegistry(datasets.map((dataset) => defineDataset(dataset)));
}
