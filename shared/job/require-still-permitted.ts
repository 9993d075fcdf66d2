import { titleOfType } from '../datasets/account.js';
import { mayStillHave } from '../datasets/column-rights.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { ServiceError } from '../errors.js';
import type { JobRow } from './row.js';

/**
 * Compares what a file was made with to what its owner may have now.
 * @param mine the datasets restricted to what the owner may have
 * @throws ServiceError NOT_PERMITTED if the file shows or depends on more
 */
export function requireStillPermitted(
  { type, columns_used: used }: JobRow,
  registry: DatasetRegistry,
  mine: DatasetRegistry,
): void {
  for (const [name, columns] of Object.entries(used)) {
    const [dataset, own] = [registry.get(name), mine.get(name)];
    // A process without the dataset doesn't know its permission, so it hands out nothing.
    if (dataset !== undefined && own !== undefined && mayStillHave(dataset, own, columns)) continue;
    const sentence = `This user isn't allowed to see all columns of this ${titleOfType(registry, type)} export.`;
    throw new ServiceError('NOT_PERMITTED', sentence);
  }
}
