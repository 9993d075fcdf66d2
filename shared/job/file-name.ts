import { fileKind } from '../formats/file-kind.js';
import type { FormatOptions } from '../formats/format-options.js';

interface NamedJob {
  readonly jobId: string;
  readonly name: string | null;
  readonly type: string;
  readonly format: string;
  readonly options: FormatOptions;
  readonly createdAt: Date | string;
}

/** Characters of the export's name that the file's name keeps. */
const MAX_WORDS = 60;

/** What an export is called, in letters that are safe anywhere: `Paid-orders-Q3`. Empty if it has none of them. */
const safeWords = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, MAX_WORDS)
    .replace(/^-|-$/g, '');

/**
 * The name of the downloaded file: `Paid-orders-Q3-2026-11-22-1a2b3c4d.csv`, or `orders-2026-11-22-1a2b3c4d.csv` for an
 * export without a name, with the day in UTC. It has the end of the job id, because the beginning is a time and
 * nearly the same for exports of one day. All characters are letters, digits, dots, dashes or underscores, which are
 * safe in any header and file system.
 * @throws RangeError for a format that this version doesn't have
 */
export function fileName({ jobId, name, type, format, options, createdAt }: NamedJob): string {
  const day = new Date(createdAt).toISOString().slice(0, 10);
  const what = safeWords(name ?? '') || type;
  return `${what}-${day}-${jobId.slice(-8)}.${fileKind({ type, format, options }).extension}`;
}
