import { columnNames, columnNamed, type Dataset } from '../datasets/define-dataset.js';
import type { Format } from './format.js';

/**
 * The columns of a file if the request names none: all that aren't hidden. Those of the format's opt-in types are left
 * out, unless nothing else would remain.
 */
export function defaultColumns(dataset: Dataset, { optInTypes = [] }: Pick<Format, 'optInTypes'>): string[] {
  const all = columnNames(dataset).filter((name) => columnNamed(dataset, name).hidden !== true);
  const wanted = all.filter((name) => !optInTypes.includes(columnNamed(dataset, name).type));
  return wanted.length === 0 ? all : wanted;
}
