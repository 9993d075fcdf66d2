import { z } from 'zod';
import type { Dataset } from '../datasets/define-dataset.js';
import { ownedBy, possibleId } from '../datasets/owned-rows.js';
import { freezeQuery, segmentSql } from '../datasets/query.js';
import type { PoolClient } from '../postgres.js';
import type { SlowSort } from './find-slow-sorts.js';
import { readCatalog } from './read-catalog.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly Plans?: readonly PlanNode[] | undefined;
}
const node: z.ZodType<PlanNode> = z.looseObject({
  'Node Type': z.string(),
  get Plans() {
    return z.array(node).optional();
  },
});
const explained = z.tuple([z.looseObject({ Plan: node })]);

/** An incremental sort is fine: it only sorts rows with the same value by their key. */
const sorts = ({ 'Node Type': type, Plans = [] }: PlanNode): boolean => type === 'Sort' || Plans.some(sorts);

/**
 * The sorts of a view for which PostgreSQL can't use the indexes of its tables: it sorts even if `enable_sort` is off.
 * @param client in a transaction; the rest of it has `enable_sort` off
 */
export async function findSlowViewSorts(client: PoolClient, dataset: Dataset): Promise<SlowSort[]> {
  const { name, tenantColumn, sorts: columns = [] } = dataset;
  if (columns.length === 0) return [];
  const catalog = await readCatalog(client, dataset);
  if (catalog?.kind !== 'view') return [];
  await client.query("SELECT set_config('enable_sort', 'off', true)");
  const tenant = tenantColumn === undefined ? undefined : catalog.columns.get(tenantColumn);
  const owned = ownedBy(dataset, { tenantId: tenant === undefined ? '' : possibleId(tenant) }, catalog.columns);
  const wanted = tenant === undefined ? 'this column first' : 'the tenant first and then this column';
  const slow: SlowSort[] = [];
  for (const column of columns) {
    const request = { type: name, format: 'CSV', columns: [], filters: {}, sort: column, options: {}, notify: {} };
    const sql = segmentSql(
      freezeQuery(dataset, request, owned, (quoted) => quoted),
      null,
      null,
    );
    const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${sql}`);
    const [{ Plan: top }] = explained.parse(rows[0]?.['QUERY PLAN']);
    if (!sorts(top)) continue;
    const sentence = `Exports of dataset ${name} that are sorted by ${column} will be slow, because PostgreSQL sorts all rows of the view for each segment: create an index on the view's table that has ${wanted}.`;
    slow.push({ dataset: name, column, sentence });
  }
  return slow;
}
