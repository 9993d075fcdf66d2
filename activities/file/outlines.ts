import { loadFormat } from '../../shared/formats/load-format.js';
import { readLayout, type FileSpec } from '../../shared/formats/file-spec.js';
import type { About } from '../../shared/formats/encoding.js';
import { ownerOfRow, type JobRow } from '../../shared/job/row.js';
import type { Plan } from '../../shared/job/plan-schema.js';

type RequestFields = Pick<JobRow, 'job_id' | 'tenant_ref' | 'user_ref' | 'requested_by_ref' | 'filters' | 'notify'>;

export const createAbout = (row: RequestFields, plannedAt: string): About => ({
  jobId: row.job_id,
  ...ownerOfRow(row),
  // If an administrator requested the file for a user, the address may not be the user's.
  email: row.requested_by_ref === null ? (row.notify.email ?? null) : null,
  filters: row.filters,
  plannedAt,
});

/** Everything that determines the bytes of a planned export. */
export async function fileSpec(
  row: RequestFields & Pick<JobRow, 'format' | 'options'>,
  { files, plannedAt, bundle }: Pick<Plan, 'files' | 'plannedAt' | 'bundle'>,
): Promise<FileSpec> {
  const about = createAbout(row, plannedAt);
  const { options } = row;
  const format = await loadFormat(row.format);
  return {
    format,
    outlines: files.map(({ dataset, title, columns, layout }) => ({
      ...{ dataset, title, columns, options, about },
      layout: readLayout(format, layout),
    })),
    ...(bundle === undefined ? {} : { bundle }),
  };
}
