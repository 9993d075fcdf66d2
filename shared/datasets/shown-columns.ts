import { columnHeader, columnName, type ColumnChoice } from '../contract.js';
import { oneLine } from '../text/one-line.js';
import type { Catalog } from './catalog.js';
import type { ColumnType, Mask } from './column-types.js';
import { decimalOf, type Decimal } from './decimal.js';
import { columnNamed, computedColumn, type Dataset } from './define-dataset.js';
import { shownType } from './masks.js';
import { numberFormatOf, type NumberFormat } from './number-format.js';

/** A column as a file shows it. */
export interface ShownColumn {
  readonly name: string;
  /** What programs call it: the request's header, or its name. */
  readonly key: string;
  /** What people call it: the request's header, or the definition's label. */
  readonly label: string;
  /** The type of the values as files show them; a mask may have changed it. */
  readonly type: ColumnType;
  /** Null: as PostgreSQL writes it. */
  readonly number: NumberFormat | null;
  /** The digits that its values have room for; null if they are unknown, or the values aren't numeric. */
  readonly decimal: Decimal | null;
  /** How values are masked, if they are. */
  readonly mask?: Mask | undefined;
}

/**
 * These columns, in this order.
 * @param catalog the columns in the database; empty if they are unknown
 * @throws RangeError for a name that the dataset doesn't have
 */
export function shownColumns(
  dataset: Dataset,
  choices: readonly ColumnChoice[],
  catalog: Catalog['columns'] = new Map(),
): ShownColumn[] {
  return choices.map((choice) => {
    const name = columnName(choice);
    const column = columnNamed(dataset, name);
    const header = columnHeader(choice);
    const { label = oneLine(name) } = column;
    const type = shownType(column);
    const known = computedColumn(dataset, name) === undefined ? catalog.get(name) : undefined;
    const decimal = decimalOf(column, known);
    const number = type === column.type ? numberFormatOf(type, column, decimal?.scale ?? null) : null;
    const { mask } = column;
    return {
      ...{ name, key: header ?? name, label: header ?? label, type, number, decimal },
      ...(mask === undefined ? {} : { mask }),
    };
  });
}
