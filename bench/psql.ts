import { StackError } from '../dev/stack/stack-error.js';
import { findOnPath } from '../dev/find-on-path.js';
import type { Stage } from './shell-line.js';

/**
 * The path of psql, which no npm or pip package provides.
 * @throws StackError if it is not on PATH
 */
export async function findPsql(): Promise<string> {
  const psql = await findOnPath('psql');
  if (psql !== undefined) return psql;
  throw new StackError('psql is not on PATH: install a PostgreSQL client (postgresql-client) of any version.');
}

/** Output options for psql's `\copy`. */
export const COPY_OPTIONS = {
  csv: 'csv header',
  csvWithoutHeader: 'csv',
  /** One column unchanged: COPY's own text format would double the backslashes of JSON. */
  plain: String.raw`csv quote e'\x01' delimiter e'\x02'`,
} as const;

/** `psql` that prints the rows of a statement, which must be on one line, as `\copy` requires. */
export const psqlCopy = (
  psql: string,
  sourceUrl: string,
  select: string,
  options: (typeof COPY_OPTIONS)[keyof typeof COPY_OPTIONS],
): Stage => [
  ...[psql, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', sourceUrl],
  ...['-c', String.raw`\copy (${select}) to stdout ${options}`],
];
