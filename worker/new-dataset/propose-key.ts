import type { TableFacts } from '../../shared/source/read-table.js';
import { ProposalError } from './proposal-error.js';

export interface ProposedKey {
  readonly key: readonly string[];
  /** Whether an index starts with the tenant, unless there is a single one, followed by the key. */
  readonly isCovered: boolean;
}

/**
 * Proposes a key that one of the table's unique indexes proves. Prefers one with an index that starts with the tenant,
 * so that counting and cutting use an index-only scan; then the primary key; then the shortest.
 */
export function proposeKey(
  facts: TableFacts,
  tenant: string | undefined,
  given: readonly string[] | undefined,
): ProposedKey {
  const { table, isView, columns, indexes } = facts;
  const start = tenant === undefined ? [] : [tenant];
  const isCovered = (key: readonly string[]): boolean =>
    indexes.some((index) => [...start, ...key].every((column, n) => index.columns[n] === column));
  if (given !== undefined) {
    const missing = given.find((name) => !columns.some((column) => column.name === name));
    if (missing !== undefined) {
      throw new ProposalError(
        `${table} has no column ${missing} (from --key). Its columns are ${columns.map(({ name }) => name).join(', ')}.`,
      );
    }
    return { key: given, isCovered: isCovered(given) };
  }
  const usable = new Set(columns.filter(({ isNotNull, hasMoney }) => isNotNull && !hasMoney).map(({ name }) => name));
  const [best] = indexes
    .filter((index) => index.isUnique && index.columns.every((column) => usable.has(column)))
    .map((index) => {
      const others = index.columns.filter((column) => column !== tenant);
      const key = others.length === 0 ? index.columns : others;
      return { key, isPrimary: index.isPrimary, isCovered: isCovered(key) };
    })
    .sort(
      (a, b) =>
        Number(b.isCovered) - Number(a.isCovered) ||
        Number(b.isPrimary) - Number(a.isPrimary) ||
        a.key.length - b.key.length,
    );
  if (best !== undefined) return best;
  throw new ProposalError(
    isView
      ? `${table} is a view, so its key is unknown: name the key's columns with --key COLUMN, once for each.`
      : `${table} has no primary key and no unique index whose columns are all NOT NULL: create one, or name the key's columns with --key COLUMN, once for each.`,
  );
}
