import pg from 'pg';
import type { Dataset } from '../../shared/datasets/define-dataset.js';
import { withCount } from '../../shared/text/with-count.js';
import type { Proposal } from './propose-dataset.js';

/**
 * The message for the user: what was proposed and why, and what to do next.
 * @param hasTenants whether tokens name a tenant
 */
export function report(proposal: Proposal, file: string, hasTenants: boolean): string {
  const { dataset, leftOut } = proposal;
  const { name, key, tenantColumn, columns, filters = {}, sorts = [] } = dataset;
  const settings = `DATASETS_MODULE=${file}${tenantColumn === undefined && hasTenants ? ' and JWT_TENANT_CLAIM= (empty)' : ''}`;
  const parts = [
    withCount(Object.keys(columns).length, 'column'),
    withCount(Object.keys(filters).length, 'filter'),
    withCount(sorts.length, 'sort'),
  ];
  return [
    `${file}: dataset ${name}, key (${key.join(', ')}), ${parts.join(', ')}.`,
    ...leftOut.map((column) => `Skipped ${column.name}: ${column.why}.`),
    ...userAdvice(proposal),
    ...datesAdvice(dataset),
    ...indexAdvice(proposal),
    `Review it, then start every API and every worker with ${settings}`,
  ].join('\n');
}

function userAdvice({ dataset: { userColumn }, userCandidates }: Proposal): string[] {
  if (userColumn !== undefined) {
    return [
      `Account exports will contain a user's own rows: those whose ${userColumn} is the user id in the token (userColumn). If the column holds other ids, remove userColumn.`,
    ];
  }
  if (userCandidates === null) return [];
  const which = userCandidates.length === 0 ? 'a column' : userCandidates.join(' or ');
  return [
    `Account exports will leave this dataset out, because it has no userColumn. If ${which} holds the user ids in your tokens, set userColumn to it.`,
  ];
}

/** If there are several columns with dates, people have to know which one `date_range` is about. */
function datesAdvice({ filters = {} }: Dataset): string[] {
  const { date_range: main, ...rest } = filters;
  const others = Object.entries(rest).flatMap(([name, { kind }]) => (kind === 'date_range' ? [name] : []));
  if (main?.kind !== 'date_range' || others.length === 0) return [];
  const more = others.length === 1 ? 'has a filter of its own' : 'have filters of their own';
  return [`The date_range filter uses ${main.column}; ${others.join(', ')} ${more}.`];
}

function indexAdvice({ dataset, isCovered, isView }: Proposal): string[] {
  if (isCovered) return [];
  const { schema, table, key, tenantColumn } = dataset;
  const start = tenantColumn === undefined ? 'the key' : 'the tenant and the key';
  if (isView) return [`A view has no index. If it is large, its tables need one that starts with ${start}.`];
  const quoted = [...(schema === undefined ? [] : [schema]), table].map((part) => pg.escapeIdentifier(part)).join('.');
  const indexed = [...(tenantColumn === undefined ? [] : [tenantColumn]), ...key].map((column) =>
    pg.escapeIdentifier(column),
  );
  return [
    `No index starts with ${start}. For a large table, run: CREATE UNIQUE INDEX ON ${quoted} (${indexed.join(', ')});`,
  ];
}
