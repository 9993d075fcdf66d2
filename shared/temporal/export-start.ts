import { exportWorkflowId, CONTROL_QUEUE } from './names.js';
import type { ExportInput } from './inputs.js';
import { columnHeader, columnName, type ColumnChoice, type ExportRequest, type JobSeed } from '../contract.js';
import { parseSort } from '../datasets/sort.js';
import { exportSearchAttributes } from './search-attributes.js';
import { markdownCode } from '../text/markdown-code.js';
import { nameInSummary } from './name-in-summary.js';
import { fairnessOf } from './tenant-weights.js';

/**
 * A stopping worker occasionally takes a task with it; another worker gets it after this long. Temporal's default is 10
 * s; the longest replay takes less than 1 s.
 */
const TASK_TIMEOUT_MS = 5000;

interface ExportStart extends Omit<ExportInput, 'admitted'> {
  /** Default false: the export must claim a slot first. */
  readonly admitted?: boolean;
  /** Start it even if an export with this id has ended. */
  readonly again?: boolean;
}

/** Options to start an export, used by the semaphore, scheduled runs and the check for missing exports. */
export const exportStart = ({ job, limit, tuning, admitted = false, again = false }: ExportStart) => ({
  workflowId: exportWorkflowId(job.jobId),
  taskQueue: CONTROL_QUEUE,
  args: [{ job, limit, tuning, admitted }] as [ExportInput],
  workflowIdReusePolicy: again ? ('ALLOW_DUPLICATE' as const) : ('REJECT_DUPLICATE' as const),
  workflowExecutionTimeout: tuning.executionTimeoutMs,
  workflowTaskTimeout: TASK_TIMEOUT_MS,
  priority: fairnessOf(job.tenantId, tuning),
  typedSearchAttributes: exportSearchAttributes(job),
  staticSummary: exportSummary(job.request),
  staticDetails: exportDetails(job),
});

/** "orders as CSV", or "`Paid orders, Q3`: orders as CSV". */
function exportSummary({ name, type, format }: ExportRequest): string {
  const what = `${type} as ${format}`;
  if (name === undefined) return what;
  return `${nameInSummary(name)}: ${what}`;
}

/** Summarizes the request without its filter values, which only the (possibly encrypted) input holds. */
function exportDetails({ userId, tenantId, requestedBy, createdAt, request }: JobSeed): string {
  const { columns, filters, sort } = request;
  const filtered = Object.keys(filters).join(', ') || 'none';
  const whose =
    requestedBy === undefined
      ? markdownCode(userId)
      : `${markdownCode(requestedBy)} on behalf of user ${markdownCode(userId)}`;
  const asked = `requested at ${createdAt} by user ${whose} of tenant ${markdownCode(tenantId)}`;
  return `${asked}  \n${columns.length === 1 ? '1 column' : `${columns.length} columns`}${headersOf(columns)}, filters: ${filtered}${sort === undefined ? '' : `, sorted by ${describeOrder(sort)}`}`;
}

function describeOrder(sort: string): string {
  const { column, descending } = parseSort(sort);
  return `${column}, ${descending ? 'descending' : 'ascending'}`;
}

/** Temporal rejects a start with more than 20,000 bytes of details. */
const MAX_HEADERS = 1000;

/** The headers that the request sets: " (total as `Amount`)". Leaves out those that would be too long together. */
function headersOf(columns: readonly ColumnChoice[]): string {
  let list = '';
  for (const choice of columns) {
    const header = columnHeader(choice);
    if (header === undefined) continue;
    const item = `${columnName(choice)} as ${markdownCode(header)}`;
    if (list.length + item.length > MAX_HEADERS) return ` (${list}, …)`;
    list += list === '' ? item : `, ${item}`;
  }
  return list === '' ? '' : ` (${list})`;
}
