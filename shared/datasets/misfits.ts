import { ServiceError } from '../errors.js';
import { columnTypeOf, type Catalog, type CatalogColumn } from './catalog.js';
import type { ColumnDefinition, Dataset, FilterDefinition } from './define-dataset.js';
import { isDeclarable } from './number-format.js';

/**
 * Lists where a definition doesn't match its table or view. Each sentence says what to do.
 * @param catalog null if there is no such table
 */
export function misfits(dataset: Dataset, catalog: Catalog | null): ServiceError[] {
  const { name, schema, table, key } = dataset;
  const relation = schema === undefined ? table : `${schema}.${table}`;
  if (catalog === null) {
    return [
      unavailable(
        `Dataset ${name}: the source database has no table or view ${relation} that the database user can see: ` +
          'check schema and table in the definition, and SOURCE_DATABASE_URL.',
      ),
    ];
  }
  const { encoding, columns, isKeyProven, kind } = catalog;
  if (encoding !== 'UTF8') {
    return [unavailable(`The source database is encoded in ${encoding}; only UTF8 can be exported.`)];
  }
  const { tenantColumn, userColumn } = dataset;
  const owners = [tenantColumn, userColumn].filter((column) => column !== undefined);
  const named = new Set([...key, ...owners, ...Object.keys(dataset.columns)]);
  const missing = [...named].filter((column) => !columns.has(column));
  const found = [
    ...missing.map((column) => `${relation} has no column ${column}: correct its name, or remove it`),
    ...Object.keys(dataset.columns).map((column) => columnMisfit(dataset, columns.get(column))),
    ...Object.entries(dataset.filters ?? {}).map(([filter, definition]) =>
      filterMisfit(filter, definition, columns.get(definition.column)),
    ),
    ...(dataset.sorts ?? []).map((column) => sortMisfit(columns.get(column))),
  ];
  const problems = found.filter((problem) => problem !== null).map((why) => unavailable(`Dataset ${name}: ${why}.`));
  if (kind === 'table' && !isKeyProven && !key.some((column) => missing.includes(column))) {
    problems.push(
      new ServiceError(
        'KEY_NOT_UNIQUE',
        `Dataset ${name}: table ${relation} has no unique index on (${key.join(', ')}): create one, or choose a key that has one.`,
      ),
    );
  }
  return problems;
}

const unavailable = (sentence: string): ServiceError => new ServiceError('DATASET_UNAVAILABLE', sentence);

function columnMisfit({ columns }: Dataset, column: CatalogColumn | undefined): string | null {
  const declared = column === undefined ? undefined : columns[column.name];
  if (column === undefined || declared === undefined) return null;
  if (column.hasMoney) {
    return `column ${column.name} is ${column.type}, which depends on the locale: remove it, or export a view that casts it to numeric`;
  }
  const type = columnTypeOf(column);
  return declared.type === type
    ? decimalMisfit(declared, column)
    : `column ${column.name} is ${column.type} in the source database: declare its type as ${type}, not ${declared.type}`;
}

/** A column that the database doesn't limit may have any declared precision: values that don't fit are counted. */
function decimalMisfit(declared: ColumnDefinition, { name, precision, scale }: CatalogColumn): string | null {
  if (declared.precision === undefined || precision === null || scale === null) return null;
  if (declared.precision === precision && declared.scale === scale) return null;
  const found = `column ${name} is numeric(${precision},${scale}) in the source database`;
  return isDeclarable(precision, scale)
    ? `${found}: declare its precision as ${precision} and its scale as ${scale}, not ${declared.precision} and ${String(declared.scale)}`
    : `${found}, which a definition can't declare: remove its precision and scale`;
}

/** Rows with a null would be in no segment, because no bound compares with them. */
const sortMisfit = (column: CatalogColumn | undefined): string | null =>
  column?.isNullable === true
    ? `it can't sort by column ${column.name}, which may be null: declare the column NOT NULL, or remove it from sorts`
    : null;

/** An enum can be compared only with its own labels; any other text makes the query fail. */
function filterMisfit(name: string, filter: FilterDefinition, column: CatalogColumn | undefined): string | null {
  const labels = column?.labels ?? null;
  if (column === undefined || labels === null || filter.kind === 'is_null' || filter.kind === 'contains') return null;
  const values = filter.kind === 'one_of' ? filter.values : undefined;
  if (values?.every((value) => labels.includes(value)) === true) return null;
  return `filter ${name} must be a one_of with values of the enum ${column.type}: ${labels.join(', ')}`;
}
