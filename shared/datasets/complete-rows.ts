import { changed, openComputed, type Texts } from './compute.js';
import type { Mask } from './column-types.js';
import type { ComputedType } from './computed.js';
import { computedColumn, type Dataset } from './define-dataset.js';
import { maskedText, shownType } from './masks.js';

/**
 * Returns a function that turns the values read for a row into the values of all exported columns, in order.
 * @param columns the exported columns, with the masks of computed ones
 * @param read the names of the values read: exported columns of the table, then the inputs of computed columns
 * @param plain how many of them are exported columns
 * @param render renders the text of a computed value
 */
export function createCompleter(
  dataset: Dataset,
  columns: readonly { readonly name: string; readonly mask?: Mask | undefined }[],
  read: readonly string[],
  plain: number,
  render: (text: string, type: ComputedType) => string,
): (row: Texts) => Texts {
  const indexOf = (input: string): number => read.indexOf(input, plain);
  const made = columns.flatMap(({ name, mask }, index) => {
    const column = computedColumn(dataset, name);
    if (column === undefined) return [];
    const type = shownType({ type: column.type, mask });
    return [{ index, compute: openComputed(dataset, name, column, indexOf), mask, type }];
  });
  return (row) => {
    if (row.length !== read.length) throw changed(dataset);
    const cells = row.slice(0, plain);
    for (const { index, compute, mask, type } of made) {
      const text = compute(row);
      cells.splice(index, 0, text === null ? null : render(maskedText(text, mask), type));
    }
    return cells;
  };
}
