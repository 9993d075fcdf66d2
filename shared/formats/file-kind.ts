import { ACCOUNT } from '../datasets/define-dataset.js';
import type { FormatOptions } from './format-options.js';
import { formatNamed } from './index.js';

/** The type of a job's file. */
export interface FileKind {
  /** Without the leading dot: `csv`, `json.gz`. */
  readonly extension: string;
  readonly mediaType: string;
}

export const isGzip = ({ compression }: FormatOptions): boolean => compression === 'gzip';

/** @throws RangeError for a format that this version doesn't have */
export function fileKind(job: {
  readonly type: string;
  readonly format: string;
  readonly options: FormatOptions;
}): FileKind {
  const { extension, mediaType } = formatNamed(job.format);
  if (job.type === ACCOUNT) return { extension: 'zip', mediaType: 'application/zip' };
  if (isGzip(job.options)) return { extension: `${extension}.gz`, mediaType: 'application/gzip' };
  return { extension, mediaType };
}
