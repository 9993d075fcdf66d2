import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Catalog } from '../datasets/catalog.js';
import type { Dataset } from '../datasets/define-dataset.js';
import { ownedBy, possibleId } from '../datasets/owned-rows.js';
import { freezeQuery, plannableSql, segmentSql, type FrozenQuery } from '../datasets/query.js';
import { orderColumns } from '../datasets/sort.js';
import type { PoolClient } from '../postgres.js';
import { explain, sorts, type PlanNode } from './explain.js';

const { escapeIdentifier, escapeLiteral } = pg;

/** The column whose comparisons no index serves when PostgreSQL reads a segment; null if an index finds its rows. */
export type Unserved = 'sorted' | 'tenant' | null;

/**
 * Asks the planner whether an index finds the rows of a segment of a sorted export. It does if the bounds are a
 * condition of an index scan. It doesn't matter whether PostgreSQL then sorts the segment, as it does for a view with
 * `security_barrier`.
 *
 * Behind row-level security or `security_barrier`, PostgreSQL uses an index only for leakproof comparisons, and applies
 * the others to the rows that it has read. The same happens to all of them if a view has a window function or a limit.
 * @param client in a transaction; the rest of it has settings for planning only
 */
export async function explainSort(
  client: PoolClient,
  dataset: Dataset,
  { columns }: Pick<Catalog, 'columns'>,
  column: string,
): Promise<Unserved> {
  const bound = orderColumns(dataset.key, column).map((_, index) => `$${index + 1}`);
  const tenant = `$${bound.length + 1}`;
  const owned = ownedByPossibleId(dataset, columns);
  const query = (conditions: readonly string[]): FrozenQuery =>
    freezeQuery(dataset, { ...REQUEST, type: dataset.name, sort: column }, conditions, (quoted) => quoted);
  // Small tables would be read and sorted as a whole.
  await client.query("SELECT set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true)");
  const general = owned.map(({ sql, column: compared }) => (compared === null ? sql : `${compared} = ${tenant}`));
  const parameters = general.some((condition) => condition.endsWith(tenant)) ? [...bound, tenant] : bound;
  const top = await explainPrepared(client, plannableSql(query(general), bound), parameters.length);
  const scans = scansBy('$1', top);
  // Without any condition, such as behind a policy that hides all rows, nothing is read.
  if (scans.length === 0) return isFiltered(top, '$1') ? 'sorted' : null;
  if (scans.some((scan) => !filters(scan, tenant))) return null;
  // The condition of a policy may find the tenant's rows.
  return sorts(await explain(client, segmentSql(query(owned.map(({ sql }) => sql)), null, null))) ? 'tenant' : null;
}

const REQUEST = { format: 'CSV', columns: [], filters: {}, options: {}, notify: {} };

/** @returns the conditions; `column` if it is only a comparison of this column with the id */
function ownedByPossibleId(dataset: Dataset, columns: Catalog['columns']) {
  const { tenantColumn = '' } = dataset;
  const found = columns.get(tenantColumn);
  const tenantId = found === undefined ? '' : possibleId(found);
  const column = escapeIdentifier(tenantColumn);
  const isPlain = (sql: string): boolean => sql === `${column} = ${escapeLiteral(tenantId)}`;
  return ownedBy(dataset, { tenantId }, columns).map((sql) => ({ sql, column: isPlain(sql) ? column : null }));
}

/**
 * The plan for any values of the parameters. With literals, PostgreSQL could see that the tenant has no rows, and
 * choose any index.
 */
async function explainPrepared(client: PoolClient, sql: string, parameters: number): Promise<PlanNode> {
  const name = escapeIdentifier(randomUUID());
  await client.query("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)");
  await client.query(`PREPARE ${name} AS ${sql}`);
  const plan = await explain(client, `EXECUTE ${name} (${Array(parameters).fill('NULL').join(', ')})`);
  await client.query(`DEALLOCATE ${name}`);
  return plan;
}

/** An index scan, and the nodes above it, the top one first. */
type Scan = readonly PlanNode[];

const has = (condition: string | undefined, parameter: string): boolean =>
  condition?.match(/\$\d+/g)?.includes(parameter) === true;

/** The index scans that find rows by a parameter. */
function scansBy(parameter: string, top: PlanNode, above: Scan = []): Scan[] {
  const path = [...above, top];
  if (has(top['Index Cond'], parameter)) return [path];
  return (top.Plans ?? []).flatMap((plan) => scansBy(parameter, plan, path));
}

/** Whether rows are read and then compared with a parameter. */
const isFiltered = ({ Filter, Plans = [] }: PlanNode, parameter: string): boolean =>
  has(Filter, parameter) || Plans.some((plan) => isFiltered(plan, parameter));

/** Whether rows with other values of a parameter are read and left out. */
const filters = (scan: Scan, parameter: string): boolean =>
  !has(scan.at(-1)?.['Index Cond'], parameter) && scan.some(({ Filter }) => has(Filter, parameter));
