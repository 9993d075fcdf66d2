import { z } from 'zod';
import { PHASES, SHOWN_STATUSES } from '../contract.js';
import { jobRowSchema } from './row.js';

/** A job as clients see it. Fields that come from the row have the row's types. */

const { shape: row } = jobRowSchema;
const moment = z.iso.datetime().nullable();
const count = z.int().min(0).nullable();

export const jobSchema = z
  .strictObject({
    job_id: z.guid(),
    user_id: row.user_ref.describe('As in the token'),
    tenant_id: row.tenant_ref.describe('As in the token'),
    requested_by: row.requested_by_ref.describe(
      'The administrator who requested it with `on_behalf_of`; null if the user did',
    ),
    name: row.name.describe('As in the request; null without one'),
    schedule_id: z.guid().nullable().describe('The schedule that started it'),
    saved_export_id: z.guid().nullable().describe('The saved export that was run'),
    type: row.type.describe('The dataset'),
    format: row.format,
    columns: row.columns,
    filters: row.filters,
    sort: row.sort.describe(
      'The column that the rows are sorted by, with `-` for descending; null: in the order of the key',
    ),
    options: row.options.describe('With every default filled in'),
    notify: row.notify.describe('Empty for the user if an administrator requested it'),
    status: z
      .enum(SHOWN_STATUSES)
      .describe('EXPIRED: the export completed, but its link has expired or its file was deleted'),
    phase: z.enum(PHASES),
    progress: z
      .int()
      .min(0)
      .max(100)
      .describe('Percent; never decreases, and reaches 100 only when the file is complete'),
    total_rows: count.describe('Null until they are counted'),
    rows_exported: z.int().min(0),
    rows_per_second: count.describe('Average since the start; null unless rows are being exported'),
    remaining_seconds: count.describe('At the average speed so far; null while unknown'),
    row_count: count.describe('Rows of the file'),
    file_name: row.file_key.describe('The name of the downloaded file'),
    file_key: row.file_key.describe('The object key in the bucket'),
    file_size: count.describe('Bytes'),
    checksum: row.checksum.describe('`crc32:` and eight hexadecimal digits'),
    download_url: z
      .url()
      .nullable()
      .describe('Needs no token; null unless COMPLETED, and for a token without the scope `exports:read`'),
    url_expires_at: moment,
    file_deleted_at: moment,
    warnings: row.warnings.describe('Notes about the file, such as cells that were shortened'),
    error_code: row.error_code,
    error_message: row.error_message.describe('A human-readable explanation'),
    idempotency_key: row.idempotency_key.describe('Null for the user if an administrator requested it'),
    created_at: z.iso.datetime(),
    started_at: moment,
    completed_at: moment,
    cancel_requested_at: moment,
  })
  .meta({ id: 'Export' });
export type JobView = z.infer<typeof jobSchema>;

/** Filters and columns with their headers may be 100 KB each, so only the single export has them. */
const listedJobSchema = jobSchema.omit({ filters: true, columns: true }).meta({
  id: 'ListedExport',
  description: 'An export without its `filters` and `columns`, which `GET` of that export returns.',
});
export type ListedJob = z.infer<typeof listedJobSchema>;

export const jobListSchema = z
  .strictObject({
    exports: z.array(listedJobSchema),
    next_cursor: z.string().nullable().describe('Null on the last page'),
    active_job_ids: z.array(z.guid()).describe('All active exports, regardless of page and filter'),
    max_active_exports: z.int().min(1).describe('How many exports you may have active at once'),
  })
  .meta({ id: 'ExportList' });
export type JobList = z.infer<typeof jobListSchema>;

const JOB_ID = '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60';
const QUEUED: JobView = {
  job_id: JOB_ID,
  user_id: '1b6f3c1a-92d4-4f1b-8a35-7d1e5c2f0a11',
  tenant_id: '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01',
  requested_by: null,
  name: 'Orders in January',
  schedule_id: null,
  saved_export_id: null,
  type: 'orders',
  format: 'CSV',
  columns: ['id', 'placed_at', 'total'],
  filters: { date_range: ['2026-01-01', '2026-02-01'] },
  sort: '-placed_at',
  options: { timezone: 'Europe/Berlin', compression: 'none' },
  notify: { email: 'ana@northwind.example' },
  status: 'QUEUED',
  phase: 'waiting',
  progress: 0,
  total_rows: null,
  rows_exported: 0,
  rows_per_second: null,
  remaining_seconds: null,
  row_count: null,
  file_name: 'Orders-in-January-2026-11-22-2a4f5e60.csv',
  file_key: null,
  file_size: null,
  checksum: null,
  download_url: null,
  url_expires_at: null,
  file_deleted_at: null,
  warnings: [],
  error_code: null,
  error_message: null,
  idempotency_key: 'monthly-2026-01',
  created_at: '2026-11-22T10:11:12.345Z',
  started_at: null,
  completed_at: null,
  cancel_requested_at: null,
};

/** One export at three moments, as examples for OpenAPI. */
export const JOB_EXAMPLES = {
  queued: QUEUED,
  processing: {
    ...QUEUED,
    status: 'PROCESSING',
    phase: 'exporting',
    progress: 42,
    total_rows: 139_959,
    rows_exported: 58_800,
    rows_per_second: 98_000,
    remaining_seconds: 1,
    started_at: '2026-11-22T10:11:12.410Z',
  },
  completed: {
    ...QUEUED,
    status: 'COMPLETED',
    phase: 'done',
    progress: 100,
    total_rows: 139_959,
    rows_exported: 139_959,
    row_count: 139_959,
    file_key: `exports/${QUEUED.user_id}/${JOB_ID}.csv`,
    file_size: 27_015_560,
    checksum: 'crc32:0a1b2c3d',
    download_url: 'https://exports.example.com/d/AaIFasQ_coCEkxpE7gpVkgAAawTA',
    url_expires_at: '2026-11-23T10:11:13.730Z',
    started_at: '2026-11-22T10:11:12.410Z',
    completed_at: '2026-11-22T10:11:13.730Z',
  },
} as const satisfies Record<string, JobView>;

const { filters: _filters, columns: _columns, ...LISTED_EXAMPLE } = JOB_EXAMPLES.processing;
/** Its item in a list. */
export const LISTED_JOB_EXAMPLE: ListedJob = LISTED_EXAMPLE;
