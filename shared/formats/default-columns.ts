import { columnNames, shownColumns, type Dataset } from '../datasets/define-dataset.js';
import type { Format } from './format.js';

/**
 * The columns of a file if the request names none: all but those of the format's opt-in types, unless there are no
 * others.
 */
export function defaultColumns(dataset: Dataset, { optInTypes = [] }: Pick<Format, 'optInTypes'>): string[] {
  const all = shownColumns(dataset, columnNames(dataset));
  const wanted = all.filter(({ type }) => !optInTypes.includes(type));
  return (wanted.length === 0 ? all : wanted).map(({ name }) => name);
}
