import { StackError } from '../dev/stack/stack-error.js';
import { findOnPath } from '../dev/find-on-path.js';
import type { Stage } from './shell-line.js';

/** The path of psql, which no package of npm or pip carries. @throws StackError when there is none on PATH */
export async function findPsql(): Promise<string> {
  const psql = await findOnPath('psql');
  if (psql !== undefined) return psql;
  throw new StackError('psql is not on PATH: install a PostgreSQL client (postgresql-client) of any version.');
}

/** What psql's `\copy` is told about its output. */
export const COPY_OPTIONS = {
  csv: 'csv header',
  csvWithoutHeader: 'csv',
  /** One column as it is: COPY's own text format would double the backslashes of JSON. */
  plain: String.raw`csv quote e'\x01' delimiter e'\x02'`,
} as const;

/** `psql` that prints the rows of a statement, which must be one line, as `\copy` wants it. */
export const psqlCopy = (
  psql: string,
  sourceUrl: string,
  select: string,
  options: (typeof COPY_OPTIONS)[keyof typeof COPY_OPTIONS],
): Stage => [
  ...[psql, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', sourceUrl],
  ...['-c', String.raw`\copy (${select}) to stdout ${options}`],
];
