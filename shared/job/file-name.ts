import { fileKind } from '../formats/file-kind.js';
import type { FormatOptions } from '../formats/format-options.js';

interface NamedJob {
  readonly jobId: string;
  readonly type: string;
  readonly format: string;
  readonly options: FormatOptions;
  readonly createdAt: Date | string;
}

/**
 * What the file is called where it is saved: `orders-2026-11-22-1a2b3c4d.csv`, the day in UTC.
 * The end of the job id tells two exports of one day apart; its beginning is a time and would not.
 * Only letters, digits, dots, dashes and underscores: safe in any header and on any disk.
 * @throws RangeError for a format that this version does not know
 */
export function fileName({ jobId, type, format, options, createdAt }: NamedJob): string {
  const day = new Date(createdAt).toISOString().slice(0, 10);
  return `${type}-${day}-${jobId.slice(-8)}.${fileKind({ type, format, options }).extension}`;
}
