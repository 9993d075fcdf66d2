import pg from 'pg';
import { messageOf } from '../../shared/errors.js';
import { ForeignTablesError, seedSampleData } from '../sample-data/seed.js';
import { TABLES } from '../sample-data/tables.js';
import type { Progress } from '../stack/progress.js';
import { given, type Environment } from '../stack/stack-env.js';
import { StackError } from '../stack/stack-error.js';
import type { Stack } from '../stack/stack.js';

interface Wanted {
  /** Number of sample orders. */
  readonly orders: number;
  /** Whether DATASETS_MODULE describes other tables than the sample shop's. */
  readonly hasOwnDatasets: boolean;
  readonly environment: Environment;
}

/**
 * Fills the stack's source database with the sample shop. Leaves a database of the user's own as it is.
 * @throws StackError if that fails, or if the datasets are the sample shop's and the user's database lacks its tables
 */
export async function prepareSource(
  { sourceOwnerUrl: databaseUrl, env }: Stack,
  { orders, hasOwnDatasets, environment }: Wanted,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  if (databaseUrl === undefined) {
    if (!hasOwnDatasets) await requireShop(env.SOURCE_DATABASE_URL, environment);
    progress.line('  Skipped the sample data, because the source database is your own.');
    return;
  }
  await progress.step(`Sample data: ${orders.toLocaleString('en')} orders`, async (say) => {
    try {
      await seedSampleData({ databaseUrl, orders, singleTenant: false, say, signal });
      say('');
    } catch (error) {
      if (error instanceof ForeignTablesError && hasOwnDatasets)
        say('skipped, because you have tables with these names');
      else if (error instanceof StackError) throw error;
      else throw new StackError(`Seeding failed: ${messageOf(error)}.`, { cause: error });
    }
  });
}

/** @throws StackError if a table of the sample shop is missing */
async function requireShop(databaseUrl: string, environment: Environment): Promise<void> {
  const variable = given(environment, 'SOURCE_DATABASE_URL') === undefined ? 'DATABASE_URL' : 'SOURCE_DATABASE_URL';
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      'SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL',
      [TABLES],
    );
    const [missing] = rows;
    if (missing === undefined) return;
    throw new StackError(
      `${variable} is your own database, which has no table ${missing.name} of the sample shop. Describe your tables in ` +
        'a module (npm run dataset:new writes one) and name it in DATASETS_MODULE, or add the sample shop with ' +
        'npm run seed. See docs/local-stack.md.',
    );
  } catch (error) {
    if (error instanceof StackError) throw error;
    throw new StackError(`The database in ${variable} can't be used: ${messageOf(error)}.`, { cause: error });
  } finally {
    await client.end();
  }
}
