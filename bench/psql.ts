import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { StackError } from '../dev/stack/stack-error.js';

/** The path of psql, which no package of npm or pip carries. @throws StackError when there is none on PATH */
export async function findPsql(): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, 'psql');
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new StackError('psql is not on PATH: install a PostgreSQL client (postgresql-client), of any version.');
}
