import { parseDatasetConfig } from '../../shared/startup/config.js';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { loadDatasets } from '../../shared/datasets/load.js';
import { messageOf } from '../../shared/errors.js';
import type { Environment } from '../stack/stack-env.js';
import { StackError } from '../stack/stack-error.js';

/**
 * The datasets of DATASETS_MODULE; undefined for those of the sample shop.
 * @throws StackError if the module or a setting of the datasets is invalid
 */
export async function ownDatasets(environment: Environment): Promise<DatasetRegistry | undefined> {
  try {
    const { DATASETS_MODULE: file, JWT_TENANT_CLAIM: tenantClaim, MASK_KEY: keys } = parseDatasetConfig(environment);
    return file === undefined ? undefined : await loadDatasets(file, tenantClaim !== null, keys);
  } catch (error) {
    throw new StackError(messageOf(error), { cause: error });
  }
}
