import { z } from 'zod';

/** The fields of a job's JSON that this program reads. */
export const startedExportSchema = z.object({
  job_id: z.string(),
  status: z.enum(['QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED']),
  progress: z.number(),
  total_rows: z.number().nullable(),
  rows_exported: z.number(),
  row_count: z.number().nullable(),
  file_key: z.string().nullable(),
  file_size: z.number().nullable(),
  download_url: z.string().nullable(),
  error_message: z.string().nullable(),
});
export type StartedExport = z.infer<typeof startedExportSchema>;
