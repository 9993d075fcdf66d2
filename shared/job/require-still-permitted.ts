import { mayStillHave } from '../datasets/column-rights.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { ServiceError } from '../errors.js';
import type { JobRow } from './row.js';

/**
 * Compares what a file was made with to what its owner may have now.
 * @param registry restricted to what the owner may have
 * @throws ServiceError NOT_PERMITTED if the file shows or depends on more
 */
export function requireStillPermitted({ type, columns_used: used }: JobRow, registry: DatasetRegistry): void {
  for (const [name, columns] of Object.entries(used)) {
    const dataset = registry.get(name);
    // A process with other datasets can't tell, so it hands out nothing.
    if (dataset !== undefined && mayStillHave(dataset, columns)) continue;
    throw new ServiceError('NOT_PERMITTED', `This user isn't allowed to see all columns of this ${type} export.`);
  }
}
