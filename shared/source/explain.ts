import { z } from 'zod';
import type { PoolClient } from '../postgres.js';

/** A node of PostgreSQL's plan, with the names that PostgreSQL gives its parts. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Cond'?: string | undefined;
  readonly Filter?: string | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}
const node: z.ZodType<PlanNode> = z.looseObject({
  'Node Type': z.string(),
  'Index Cond': z.string().optional(),
  Filter: z.string().optional(),
  get Plans() {
    return z.array(node).optional();
  },
});
const explained = z.tuple([z.looseObject({ Plan: node })]);

export async function explain(client: Pick<PoolClient, 'query'>, statement: string): Promise<PlanNode> {
  const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${statement}`);
  return explained.parse(rows[0]?.['QUERY PLAN'])[0].Plan;
}

/** Whether no index gives the order. An incremental sort only sorts rows with the same value by their key. */
export const sorts = ({ 'Node Type': type, Plans = [] }: PlanNode): boolean => type === 'Sort' || Plans.some(sorts);

/** The conditions that rows are compared with after they have been read. */
export const filtersOf = ({ Filter, Plans = [] }: PlanNode): string[] => [
  ...(Filter === undefined ? [] : [Filter]),
  ...Plans.flatMap(filtersOf),
];
