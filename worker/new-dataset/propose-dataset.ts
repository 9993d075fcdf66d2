import { columnTypeOf } from '../../shared/datasets/catalog.js';
import { defineDataset, type ColumnDefinition, type Dataset } from '../../shared/datasets/define-dataset.js';
import { isDeclarable } from '../../shared/datasets/number-format.js';
import type { TableColumn, TableFacts } from '../../shared/source/read-table.js';
import { ProposalError } from './proposal-error.js';
import { proposeFilters } from './propose-filters.js';
import { proposeKey } from './propose-key.js';
import { proposeSorts } from './propose-sorts.js';
import { proposeUser } from './propose-user.js';
import { datasetNameOf, labelOf } from './words.js';

export interface ProposalChoices {
  /** The tenant's column; null: there is a single tenant. Default: `tenant_id`. */
  readonly tenant?: string | null | undefined;
  /** The column with the id of the user who owns the row; null: none. Default: `user_id`, if there is one. */
  readonly user?: string | null | undefined;
  /** Key columns, if they should not come from the table's indexes. */
  readonly key?: readonly string[] | undefined;
}

export interface Proposal {
  readonly dataset: Dataset;
  /** Skipped columns, each with the reason as the end of a sentence. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Whether an index starts with the tenant, unless there is a single one, followed by the key. */
  readonly isCovered: boolean;
  readonly isView: boolean;
  /** Columns that may be the `userColumn`, if the dataset has none. Null if a flag has decided that. */
  readonly userCandidates: readonly string[] | null;
}

const DEFAULT_TENANT = 'tenant_id';

/**
 * Proposes a dataset for a table: all columns that can be exported, a key proven by an index, a filter for each column
 * that people are likely to filter by, and a sort for each column that has an index for it.
 * @throws ProposalError, DatasetError
 */
export function proposeDataset(facts: TableFacts, choices: ProposalChoices): Proposal {
  const { schema, table, isView } = facts;
  const tenantColumn = tenantOf(facts, choices.tenant);
  const { key, isCovered } = proposeKey(facts, tenantColumn, choices.key);
  const rest = facts.columns.filter(({ name }) => name !== tenantColumn);
  const leftOut = rest.flatMap((column) => {
    const why = whyNot(column);
    return why === null ? [] : [{ name: column.name, why }];
  });
  const columns = rest.filter((column) => whyNot(column) === null);
  const user = proposeUser(table, columns, choices.user);
  const dataset = defineDataset({
    name: datasetNameOf(table),
    title: labelOf(table),
    ...(schema === undefined ? {} : { schema }),
    table,
    key,
    ...(tenantColumn === undefined ? {} : { tenantColumn }),
    ...(user.column === undefined ? {} : { userColumn: user.column }),
    columns: Object.fromEntries(
      columns.map((column) => [
        column.name,
        { type: columnTypeOf(column), label: labelOf(column.name), ...declaredDecimal(column) },
      ]),
    ),
    filters: proposeFilters({ ...facts, columns: columns.filter(({ name }) => !key.includes(name)) }, tenantColumn),
    sorts: proposeSorts({ ...facts, columns }, tenantColumn),
  });
  return { dataset, leftOut, isCovered, isView, userCandidates: user.candidates };
}

/** The precision and scale of `numeric(12,2)`, if a definition can declare them. */
const declaredDecimal = ({ precision, scale }: TableColumn): Pick<ColumnDefinition, 'precision' | 'scale'> =>
  precision === null || scale === null || !isDeclarable(precision, scale) ? {} : { precision, scale };

function whyNot({ name, hasMoney, isReadable }: TableColumn): string | null {
  if (hasMoney) return '`money` depends on the locale. Cast it to numeric in a view';
  if (!isReadable) return 'the database user has no right to read it';
  return name === '__proto__' ? 'the name has a special meaning in JavaScript' : null;
}

function tenantOf({ table, columns }: TableFacts, given: string | null | undefined): string | undefined {
  if (given === null) return undefined;
  const name = given ?? DEFAULT_TENANT;
  if (columns.some((column) => column.name === name)) return name;
  throw new ProposalError(
    given === undefined
      ? `${table} has no column ${DEFAULT_TENANT}: name the column of the tenant's id with --tenant COLUMN, or use --no-tenant if you have a single tenant.`
      : `${table} has no column ${given} (from --tenant). Its columns are ${columns.map((column) => column.name).join(', ')}.`,
  );
}
