import pg from 'pg';
import { columnHeader, columnName, type ExportRequest } from '../contract.js';
import type { KeyBound } from '../plan/segments.js';
import type { Catalog } from './catalog.js';
import { decimalOf } from './decimal.js';
import { computedColumn, type ColumnDefinition, type Dataset } from './define-dataset.js';
import { filterCondition } from './filter-condition.js';
import type { ColumnRights } from './column-types.js';
import { shownSql, shownType } from './masks.js';
import { parseSort, rowOrder } from './sort.js';
import type { ShownColumn } from './shown-columns.js';

/**
 * Makes SQL from a dataset and a request. Identifiers come only from the dataset's definition, quoted. Values have
 * passed `valueProblem` and become literals, escaped by the driver, because COPY takes no parameters.
 */

const { escapeIdentifier, escapeLiteral } = pg;

/** A column of the table whose values are masked already, if they are. */
export type RenderedColumn = Pick<ShownColumn, 'type' | 'decimal'>;

/** How a format renders a column: an SQL expression over the quoted column. */
export type RenderColumn = (quoted: string, column: RenderedColumn) => string;

/** The frozen SQL of an export's queries; part of its plan. */
export interface FrozenQuery {
  /** `SELECT … FROM … WHERE …` of the whole export, unordered. */
  readonly select: string;
  /** `FROM … WHERE …`: the same rows. */
  readonly from: string;
  /** The columns that order the rows, as SQL: the one to sort by, if any, then the key. Unique together. */
  readonly key: readonly string[];
  /** Whether the rows are in descending order of all these columns. */
  readonly descending: boolean;
}

/**
 * An alias for the table, because ORDER BY resolves a bare name to an output column, whose rendering may sort
 * differently.
 */
const ROWS = 't';

const tableOf = ({ schema, table }: Dataset): string =>
  schema === undefined ? escapeIdentifier(table) : `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;

/** @throws RangeError for a column whose `permission` hasn't been checked: see `restrictDataset` */
function readable(dataset: Dataset, column: string): ColumnDefinition {
  const definition = dataset.columns[column];
  if (definition === undefined) throw new RangeError(`${dataset.name} has no column ${column}`);
  return requireRestricted(dataset, definition, definition);
}

function requireRestricted<T>({ name }: Dataset, { permission }: ColumnRights, value: T): T {
  if (permission !== undefined) throw new RangeError(`${name} has not been restricted to its caller`);
  return value;
}

interface QueryDetails {
  /** Columns to read in addition, after the others, as PostgreSQL writes them. */
  readonly inputs?: readonly string[];
  /** The columns in the database; empty if they are unknown. */
  readonly catalog?: Catalog['columns'];
}

/**
 * The queries of one export. They read the requested columns of the table, rendered and under their headers, in that
 * order.
 * @param dataset restricted to what the caller may have
 * @param owned conditions that limit it to a tenant, or to one of its users; see `ownedBy`
 */
export function freezeQuery(
  dataset: Dataset,
  request: ExportRequest,
  owned: readonly string[],
  render: RenderColumn,
  { inputs = [], catalog = new Map() }: QueryDetails = {},
): FrozenQuery {
  const timezone = String(request.options.timezone ?? 'UTC');
  const conditions = [...owned];
  for (const [name, value] of Object.entries(request.filters)) {
    const filter = dataset.filters?.[name];
    const column = filter === undefined ? undefined : dataset.columns[filter.column];
    if (filter === undefined || column === undefined) throw new RangeError(`${dataset.name} has no filter ${name}`);
    if (readable(dataset, filter.column).mask !== undefined) throw new RangeError(`${name} filters masked values`);
    conditions.push(filterCondition(filter, value, column, timezone));
  }
  const rendered = request.columns.flatMap((choice) => {
    const name = columnName(choice);
    const made = computedColumn(dataset, name);
    if (made !== undefined) return requireRestricted(dataset, made, []);
    const column = readable(dataset, name);
    const quoted = escapeIdentifier(name);
    const shown = { type: shownType(column), decimal: decimalOf(column, catalog.get(name)) };
    const item = render(shownSql(quoted, column), shown);
    const alias = escapeIdentifier(columnHeader(choice) ?? name);
    return [item === alias ? item : `${item} AS ${alias}`];
  });
  for (const input of inputs) {
    if (readable(dataset, input).mask !== undefined) throw new RangeError(`${dataset.name} masks column ${input}`);
  }
  const items = [...rendered, ...inputs.map(escapeIdentifier)];
  const from = `FROM ${tableOf(dataset)} AS ${ROWS} WHERE ${conditions.join(' AND ') || 'true'}`;
  return { select: `SELECT ${items.join(', ')} ${from}`, from, ...orderOf(dataset, request.sort) };
}

function orderOf(dataset: Dataset, sort: string | undefined): Order {
  if (sort !== undefined && dataset.sorts?.includes(parseSort(sort).column) !== true) {
    throw new RangeError(`${dataset.name} can't be sorted by ${parseSort(sort).column}`);
  }
  const { columns, descending } = rowOrder(dataset.key, sort);
  return { key: columns.map((name) => `${ROWS}.${escapeIdentifier(name)}`), descending };
}

type Order = Pick<FrozenQuery, 'key' | 'descending'>;

/** All columns have the same direction, so that rows compare as a whole and one index serves both directions. */
const orderBy = ({ key, descending }: Order): string =>
  `ORDER BY ${key.map((column) => (descending ? `${column} DESC` : column)).join(', ')}`;
const backwards = ({ key, descending }: Order): Order => ({ key, descending: !descending });

/** Composite keys compare as rows; untyped literals get the type and collation of their column. */
function compareRows({ key, descending }: Order, side: 'after' | 'up to', bound: readonly string[]): string {
  const isAbove = (side === 'after') !== descending;
  const equal = side === 'after' ? '' : '=';
  return `(${key.join(', ')}) ${isAbove ? '>' : '<'}${equal} (${bound.join(', ')})`;
}

/**
 * PostgreSQL can't estimate how many rows a comparison of composite keys leaves (it assumes a third) and would often
 * read the whole table. So the first column is compared by itself, too: that can be estimated, and excludes no row. It
 * comes last, because an ascending scan of an index begins where the first comparison says: at the bound, not at the
 * first of all rows that have the same value in that column.
 */
function compare(query: Order, side: 'after' | 'up to', bound: readonly string[]): string {
  const rows = compareRows(query, side, bound);
  const [first = '', second] = query.key;
  if (second === undefined) return rows;
  const isAbove = (side === 'after') !== query.descending;
  return `${rows} AND ${first} ${isAbove ? '>=' : '<='} ${bound[0] ?? ''}`;
}

/** The rows of one segment: after `lower`, up to and including `upper`, in their order; null is unbounded. */
export function segmentSql(query: FrozenQuery, lower: KeyBound | null, upper: KeyBound | null): string {
  return `${[query.select, ...segmentConditions(query, lower, upper)].join(' AND ')} ${orderBy(query)}`;
}

/**
 * Leading columns in which both bounds are equal are compared with `=`. Otherwise a descending scan would begin at the
 * first of all rows with that value.
 */
function segmentConditions({ key, descending }: Order, lower: KeyBound | null, upper: KeyBound | null): string[] {
  const same = lower?.slice(0, -1).findIndex((text, column) => text !== upper?.[column]) ?? 0;
  const equal = same === -1 ? key.length - 1 : same;
  const rest = { key: key.slice(equal), descending };
  const literals = (bound: KeyBound): string[] => bound.map(escapeLiteral);
  return [
    ...literals(lower?.slice(0, equal) ?? []).map((literal, column) => `${key[column] ?? ''} = ${literal}`),
    ...(lower === null ? [] : [compare(rest, 'after', literals(lower.slice(equal)))]),
    ...(upper === null ? [] : [compare(rest, 'up to', literals(upper.slice(equal)))]),
  ];
}

/**
 * A segment's query for EXPLAIN.
 * @param bound an SQL expression for each column of the key, instead of a row's values
 */
export const plannableSql = (query: FrozenQuery, bound: readonly string[]): string =>
  `${query.select} AND ${compare(query, 'after', bound)} ${orderBy(query)}`;

/** Some rows from one end of the export, to measure how long rows are. */
export function sampleSql(query: FrozenQuery, end: 'first' | 'last', rows: number): string {
  return `${query.select} ${orderBy(end === 'first' ? query : backwards(query))} LIMIT ${rows}`;
}

/**
 * The first rows, as `sampleSql` selects them, in a form for which PostgreSQL finds the keys of all matching rows and
 * then sorts them: it doesn't look for an index that provides an order across OFFSET.
 */
export function selectedFirstSql(query: FrozenQuery, rows: number): string {
  const key = query.key.join(', ');
  const first = `SELECT ${key} FROM (SELECT ${key} ${query.from} OFFSET 0) AS ${ROWS} ${orderBy(query)} LIMIT ${rows}`;
  return `${query.select} AND (${key}) IN (${first}) ${orderBy(query)} LIMIT ${rows}`;
}

/** The keys of all rows, in order or backwards. */
export const keysSql = (query: FrozenQuery, from: 'first' | 'last' = 'first'): string =>
  `SELECT ${query.key.join(', ')} ${query.from} ${orderBy(from === 'first' ? query : backwards(query))}`;

/**
 * Queries for a few rows near a key. They end early, so that PostgreSQL reads an index in order without an estimate. A
 * comparison of the first column by itself would make a descending scan begin at the first row with the same value.
 */
const near = (query: FrozenQuery, lower: KeyBound): string =>
  `${query.from} AND ${compareRows(query, 'after', lower.map(escapeLiteral))}`;

/** The keys of three rows after one, in order. @param skipped rows between */
export const keysAfterSql = (query: FrozenQuery, lower: KeyBound, skipped: number): string =>
  `SELECT ${query.key.join(', ')} ${near(query, lower)} ${orderBy(query)} OFFSET ${skipped} LIMIT 3`;

/** Some of the rows after one key, up to and including another. */
const between = (query: FrozenQuery, lower: KeyBound, upper: KeyBound, most: number): string =>
  `${near(query, lower)} AND ${compareRows(query, 'up to', upper.map(escapeLiteral))} ${orderBy(query)} LIMIT ${most}`;

/** @param most rows that are counted */
export const countBetweenSql = (query: FrozenQuery, lower: KeyBound, upper: KeyBound, most: number): string =>
  `SELECT count(*) AS rows FROM (SELECT ${between(query, lower, upper, most)}) AS counted`;

/** Returns a row if there is one. EXISTS would leave out the order, and might read the table until it finds one. */
export const someBetweenSql = (query: FrozenQuery, lower: KeyBound, upper: KeyBound): string =>
  `SELECT ${between(query, lower, upper, 1)}`;

/** The keys of the last two rows, the last one first. */
export const lastKeysSql = (query: FrozenQuery): string => `${keysSql(query, 'last')} LIMIT 2`;

/** Two keys whose texts differ. */
export type KeyPair = readonly [KeyBound, KeyBound];

/**
 * Returns one row if the database considers the keys of some pair equal, such as 1.0 and 1.00, or a and A under some
 * collations; else none. The empty first branch gives the literals the columns' types and collations.
 */
export function equalKeysSql({ key, from }: FrozenQuery, pairs: readonly KeyPair[]): string {
  const branches = pairs.map((pair) => `SELECT ${pair.flat().map(escapeLiteral).join(', ')}`);
  const names = (side: string): string => key.map((_, column) => `${side}${column}`).join(', ');
  const typed = `SELECT ${[...key, ...key].join(', ')} ${from} AND false`;
  const all = [typed, ...branches].join(' UNION ALL ');
  return `SELECT FROM (${all}) AS pairs (${names('a')}, ${names('b')}) WHERE (${names('a')}) = (${names('b')}) LIMIT 1`;
}

/**
 * Returns rows if a key contains null, otherwise none. A query for each column, so that each can use its own index;
 * from version 17, PostgreSQL itself leaves out columns that are NOT NULL.
 */
export const nullKeySql = ({ key, from }: FrozenQuery): string =>
  key.map((column) => `(SELECT 1 ${from} AND ${column} IS NULL LIMIT 1)`).join(' UNION ALL ');
