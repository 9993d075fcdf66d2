import pg from 'pg';
import type { Dataset, DatasetRegistry } from '../../shared/datasets/index.js';
import { messageOf } from '../../shared/errors.js';
import { readReference } from '../../shared/identity/reference.js';
import { StackError } from '../stack/stack-error.js';

/** The owner of a row. */
export interface RowOwner {
  /** The name of the row's dataset. */
  readonly dataset: string;
  /** Undefined if the dataset has no such column. */
  readonly tenantId: string | undefined;
  readonly userId: string | undefined;
}

/** Ids that are already decided. */
export interface ChosenIds {
  readonly tenantId: string | undefined;
  readonly userId: string | undefined;
}

/** Any row will do, so that no index is needed. */
const LIMIT_MS = 5_000;
const { escapeIdentifier, escapeLiteral } = pg;

/**
 * The owner of some row, preferably one with a user.
 * @param chosen ids that the row must have
 * @returns undefined if no row is visible
 * @throws StackError if the database can't be reached
 */
export async function findOwner(
  databaseUrl: string,
  datasets: DatasetRegistry,
  chosen: ChosenIds,
): Promise<RowOwner | undefined> {
  const client = new pg.Client({
    ...{ connectionString: databaseUrl, connectionTimeoutMillis: LIMIT_MS, statement_timeout: LIMIT_MS },
    application_name: 'export-service start',
  });
  // A pending query also reports a lost connection, so this listener has nothing to do.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new StackError(`The source database can't be used: ${messageOf(error)}.`, { cause: error });
  }
  try {
    const owned = [...datasets.values()].filter(
      ({ tenantColumn, userColumn }) => (tenantColumn ?? userColumn) !== undefined,
    );
    const usersFirst = owned.toSorted(
      (a, b) => Number(b.userColumn !== undefined) - Number(a.userColumn !== undefined),
    );
    for (const dataset of usersFirst) {
      const owner = await ownerIn(client, dataset, chosen);
      if (owner !== undefined) return owner;
    }
    return undefined;
  } finally {
    await client.end();
  }
}

async function ownerIn(client: pg.Client, dataset: Dataset, chosen: ChosenIds): Promise<RowOwner | undefined> {
  const { name, schema, table, tenantColumn, userColumn } = dataset;
  const text = (column: string): string => `${escapeIdentifier(column)}::text`;
  const condition = (column: string | undefined, id: string | undefined): string[] => {
    if (column === undefined) return [];
    return [id === undefined ? `${text(column)} <> ''` : `${text(column)} = ${escapeLiteral(id)}`];
  };
  const from = [...(schema === undefined ? [] : [schema]), table].map(escapeIdentifier).join('.');
  const conditions = [...condition(tenantColumn, chosen.tenantId), ...condition(userColumn, chosen.userId)];
  const select = [tenantColumn, userColumn].map((column) => (column === undefined ? 'NULL' : text(column)));
  const query = { text: `SELECT ${select.join(', ')} FROM ${from} WHERE ${conditions.join(' AND ')} LIMIT 1` };
  // If this fails, the worker says what is wrong with the dataset: it checks all of them when it starts.
  const result = await client.query<(string | null)[]>({ ...query, rowMode: 'array' }).catch(() => undefined);
  const row = result?.rows[0];
  if (row === undefined) return undefined;
  const [tenantId, userId] = row.map((id) => readReference(id ?? '') ?? undefined);
  const isUsable = row.every((id) => id === null || readReference(id) !== null);
  return isUsable ? { dataset: name, tenantId, userId } : undefined;
}
