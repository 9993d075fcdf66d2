import { lockReason } from './column-rights.js';
import type { Mask } from './column-types.js';
import { columnNamed, columnNames, type Dataset } from './define-dataset.js';

/** The columns that a file with all columns of a dataset masks or leaves out, because of its caller's rights. */
export interface Withheld {
  /** The masks of columns, by name. */
  readonly masked: Readonly<Record<string, Mask>>;
  readonly locked: readonly LockedColumn[];
  /** The number of hidden columns, which aren't named. */
  readonly hidden: number;
}

export interface LockedColumn {
  readonly name: string;
  readonly label: string;
  readonly reason: string;
}

/** @param mine the dataset restricted to what the caller may have */
export function withheldFrom(dataset: Dataset, mine: Dataset): Withheld {
  const columns = { ...mine.columns, ...mine.computed };
  const masked = Object.entries(columns).flatMap(([name, { mask }]) =>
    mask === undefined ? [] : [[name, mask] as const],
  );
  const missing = columnNames(dataset).filter((name) => !Object.hasOwn(columns, name));
  const locked = missing.flatMap((name) => {
    const reason = lockReason(dataset, mine, name);
    return reason === undefined ? [] : [{ name, label: columnNamed(dataset, name).label ?? name, reason }];
  });
  return { masked: Object.fromEntries(masked), locked, hidden: missing.length - locked.length };
}
