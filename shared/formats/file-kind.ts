import { ACCOUNT } from '../datasets/define-dataset.js';
import type { FormatOptions } from './format-options.js';
import type { Format } from './format.js';
import { formatNamed } from './index.js';

/** The type of a job's file. */
export interface FileKind {
  /** Without the leading dot: `csv`, `json.gz`. */
  readonly extension: string;
  readonly mediaType: string;
}

/** Whether the whole file is compressed with gzip. */
export const isGzip = ({ gzipsFile }: Pick<Format, 'gzipsFile'>, { compression }: FormatOptions): boolean =>
  gzipsFile === true && compression === 'gzip';

/** @throws RangeError for a format that this version doesn't have */
export function fileKind(job: {
  readonly type: string;
  readonly format: string;
  readonly options: FormatOptions;
}): FileKind {
  const format = formatNamed(job.format);
  const { extension, mediaType } = format;
  if (job.type === ACCOUNT) return { extension: 'zip', mediaType: 'application/zip' };
  if (isGzip(format, job.options)) return { extension: `${extension}.gz`, mediaType: 'application/gzip' };
  return { extension, mediaType };
}
