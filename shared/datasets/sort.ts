import type { ColumnType } from './column-types.js';

/** The order of a file's rows: `placed_at` in a request means ascending, `-placed_at` descending. */

export interface Sort {
  /** A column of the dataset's `sorts`. */
  readonly column: string;
  readonly descending: boolean;
}

/** @param sort of a request, after validation */
export const parseSort = (sort: string): Sort =>
  sort.startsWith('-') ? { column: sort.slice(1), descending: true } : { column: sort, descending: false };

/** Whether requests can sort by a column of a table: its type has an order, and its name can't be misread. */
export const isSortable = (name: string, type: ColumnType): boolean => sortProblem(name, type) === null;

/** Why requests can't sort by a column, as the end of a sentence; null if they can. */
export function sortProblem(name: string, type: ColumnType): string | null {
  if (type === 'json' || type === 'jsonb' || type === 'other') return `because its type is ${type}`;
  return name.startsWith('-') ? 'because a - in a request means descending' : null;
}

/** Every `sort` that a request may have. */
export const sortChoices = ({ sorts = [] }: { readonly sorts?: readonly string[] }): string[] =>
  sorts.flatMap((column) => [column, `-${column}`]);

/**
 * Names for the choices in generated clients, such as `PLACED_AT_DESC`: a generator could make none from `-placed_at`.
 * Undefined if two would be the same.
 */
export function sortNames(choices: readonly string[]): string[] | undefined {
  const names = choices.map((choice) => {
    const { column, descending } = parseSort(choice);
    return `${column.replaceAll(/\W+/g, '_')}${descending ? '_desc' : ''}`.toUpperCase();
  });
  return new Set(names).size === names.length ? names : undefined;
}

/** The order of the rows of an export. */
export interface RowOrder {
  /** The column to sort by, if any, then the key. Unique together. */
  readonly columns: readonly string[];
  /** Whether all of them descend. */
  readonly descending: boolean;
}

/** @param sort of a request, after validation; undefined: the order of the key */
export function rowOrder(key: readonly string[], sort: string | undefined): RowOrder {
  if (sort === undefined) return { columns: key, descending: false };
  const { column, descending } = parseSort(sort);
  return { columns: orderColumns(key, column), descending };
}

/** The columns that order the rows: the one to sort by, then those of the key, which make the order unique. */
export const orderColumns = (key: readonly string[], column: string | undefined): readonly string[] =>
  column === undefined ? key : [column, ...key.filter((name) => name !== column)];
