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
 * The name of the downloaded file: `orders-2026-11-22-1a2b3c4d.csv`, with the day in UTC. It has the end of the job id,
 * because the beginning is a time and nearly the same for exports of one day. Only letters, digits, dots, dashes and
 * underscores, which are safe in any header and file system.
 * @throws RangeError for a format that this version doesn't have
 */
export function fileName({ jobId, type, format, options, createdAt }: NamedJob): string {
  const day = new Date(createdAt).toISOString().slice(0, 10);
  return `${type}-${day}-${jobId.slice(-8)}.${fileKind({ type, format, options }).extension}`;
}
