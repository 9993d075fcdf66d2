import { isOneLine } from '../text/one-line.js';
import { MASKS, UNLESS, type ColumnDefinition } from './column-types.js';
import { computedMaskProblem, maskProblem } from './masks.js';

/** The parts of a definition that decide whether a column can have a permission or a mask. */
interface Definition {
  readonly columns: Readonly<Record<string, ColumnDefinition>>;
  readonly key: readonly string[];
  readonly computed?: Readonly<Record<string, ColumnDefinition & { readonly from: readonly string[] }>>;
  readonly filters?: Readonly<Record<string, { readonly column: string }>>;
  readonly sorts?: readonly string[];
}

/** The mistakes in the rights of a definition's columns, each as part of a sentence. */
export function* rightsProblems({
  columns,
  key,
  computed = {},
  filters = {},
  sorts = [],
}: Definition): Generator<string> {
  for (const [name, column] of Object.entries(columns)) {
    const problem = settingsProblem(column, maskProblem);
    if (problem !== null) yield `column ${name} ${problem}`;
    const isLimited = column.permission !== undefined || column.mask !== undefined;
    if (isLimited && key.includes(name)) {
      yield `column ${name} belongs to the key, so the order of the rows shows its values: it can't have a permission or a mask`;
    }
    if (column.mask === undefined || column.permission !== undefined) continue;
    // A filter, a sort or a computed column that nobody could ever use.
    const filter = Object.entries(filters).find(([, definition]) => definition.column === name)?.[0];
    if (filter !== undefined) yield `filter ${filter} uses column ${name}, which is masked for everybody`;
    if (sorts.includes(name)) yield `it sorts by column ${name}, which is masked for everybody`;
    const made = Object.entries(computed).find(([, { from }]) => from.includes(name))?.[0];
    if (made !== undefined) yield `computed column ${made} is made from ${name}, which is masked for everybody`;
  }
  for (const [name, column] of Object.entries(computed)) {
    const problem = settingsProblem(column, computedMaskProblem);
    if (problem !== null) yield `computed column ${name} ${problem}`;
  }
}

function settingsProblem(
  { type, permission, unless, reason, mask }: ColumnDefinition,
  problemOf: typeof maskProblem,
): string | null {
  if (unless !== undefined && !UNLESS.includes(unless)) {
    return `has unless set to ${JSON.stringify(unless)}; it can be ${UNLESS.join(', ')}`;
  }
  if (mask !== undefined && !MASKS.includes(mask)) {
    return `has the unknown mask ${JSON.stringify(mask)}; it can be ${MASKS.join(', ')}`;
  }
  if (permission?.trim() === '') return 'has an empty permission';
  if (permission === undefined && unless !== undefined) return 'has unless, but no permission';
  if ((unless === 'locked') !== (reason !== undefined)) {
    return reason === undefined ? 'is locked, but has no reason' : "has a reason, but isn't locked";
  }
  if (reason !== undefined && !isOneLine(reason)) return 'has a reason with a line break or another control character';
  if (unless === 'masked' && mask === undefined) return 'is masked, but has no mask';
  if (permission !== undefined && mask !== undefined && unless !== 'masked') {
    return "has a mask, but isn't masked: set unless to masked, or remove the permission to mask it for everybody";
  }
  const misfit = mask === undefined ? null : problemOf(mask, type);
  return misfit === null ? null : `can't be masked: ${misfit}`;
}
