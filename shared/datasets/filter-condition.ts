import pg from 'pg';
import type { DayRange, FilterValue, RangeFilter, Scalar } from '../contract.js';
import type { ColumnDefinition, FilterDefinition } from './define-dataset.js';
import { isDateOnly } from './values.js';

const { escapeIdentifier, escapeLiteral } = pg;

const literal = (value: Scalar): string => escapeLiteral(String(value));

/**
 * A value as a literal of the column's type. A day begins at midnight in the export's timezone; a time with an offset
 * needs no timezone. A cidr column would reject an address within a network, so it is compared as inet.
 */
function typedLiteral(value: Scalar, column: ColumnDefinition, timezone: string): string {
  if (column.type === 'inet') return `${literal(value)}::inet`;
  return column.type === 'timestamptz' && isDateOnly(String(value))
    ? `(${literal(value)}::timestamp AT TIME ZONE ${escapeLiteral(timezone)})`
    : literal(value);
}

const RANGE_OPERATORS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const satisfies Record<keyof RangeFilter, string>;

/**
 * The SQL condition of a filter that a request sets.
 * @param value has passed the filter's schema, and becomes literals, escaped by the driver
 * @param column the filter's column
 * @param timezone in which days begin
 */
export function filterCondition(
  filter: FilterDefinition,
  value: FilterValue,
  column: ColumnDefinition,
  timezone: string,
): string {
  const quoted = escapeIdentifier(filter.column);
  const at = (scalar: Scalar): string => typedLiteral(scalar, column, timezone);
  switch (filter.kind) {
    case 'equals':
      return `${quoted} = ${at(value as Scalar)}`;
    case 'contains':
      // Not LIKE, whose wildcards would need escaping. Compares bytes, because not every collation supports searching.
      // The CASE gives the text the column's collation, because lower() differs between collations.
      return (
        `strpos(lower(${quoted}::text) COLLATE "C", ` +
        `lower(CASE WHEN false THEN ${quoted}::text ELSE ${literal(value as Scalar)} END)) > 0`
      );
    case 'is_null': {
      const isNull = value === true;
      // For a composite value, IS NULL is true if all fields are null, which files show as `(,)`, and IS NOT NULL is
      // true only if no field is null.
      if (column.type === 'other') return `${quoted} IS ${isNull ? 'NOT ' : ''}DISTINCT FROM NULL`;
      return `${quoted} IS ${isNull ? '' : 'NOT '}NULL`;
    }
    case 'one_of':
      return `${quoted} IN (${(value as readonly Scalar[]).map(at).join(', ')})`;
    case 'date_range': {
      if (!Array.isArray(value)) return dayRange(quoted, value as DayRange, column, timezone);
      const [from, to] = value as readonly Scalar[];
      if (from === undefined || to === undefined) throw new RangeError('a date_range has two dates');
      return `${quoted} >= ${at(from)} AND ${quoted} < ${at(to)}`;
    }
    case 'range':
      return Object.entries(value as RangeFilter)
        .map(
          ([operator, bound]) => `${quoted} ${RANGE_OPERATORS[operator as keyof RangeFilter]} ${at(bound as Scalar)}`,
        )
        .join(' AND ');
  }
}

/** The rows up to the end of the last day, which is the next midnight in the export's timezone. */
function dayRange(quoted: string, { from, to }: DayRange, column: ColumnDefinition, timezone: string): string {
  const conditions = from === undefined ? [] : [`${quoted} >= ${typedLiteral(from, column, timezone)}`];
  if (to !== undefined && column.type === 'date') conditions.push(`${quoted} <= ${literal(to)}`);
  else if (to !== undefined) {
    const midnight = `${literal(to)}::timestamp + interval '1 day'`;
    const isZoned = column.type === 'timestamptz';
    conditions.push(`${quoted} < (${isZoned ? `(${midnight}) AT TIME ZONE ${escapeLiteral(timezone)}` : midnight})`);
  }
  if (conditions.length === 0) throw new RangeError('a date_range has a first or a last day');
  return conditions.join(' AND ');
}
