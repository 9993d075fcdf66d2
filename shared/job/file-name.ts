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

/** The names of a downloaded file. */
interface FileNames {
  readonly fileName: string;
  /** For clients that know only ASCII names (RFC 6266, appendix D). */
  readonly asciiName: string;
}

/** Characters of the export's name that the file's name keeps. */
const MAX_WORDS = 60;
/** File systems allow 255 bytes; the day, the end of the job id and the longest extension take 30. */
const MAX_WORD_BYTES = 225;

/** The letters and digits of a text, joined by dashes: `Paid-orders-Q3`. Empty if it has none. */
function wordsOf(text: string): string {
  const characters = Array.from(text.replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')).slice(0, MAX_WORDS);
  while (Buffer.byteLength(characters.join('')) > MAX_WORD_BYTES) characters.pop();
  return characters.join('').replace(/^-|-$/g, '');
}

/** Without what ASCII can't express: `Zoe-s-Cafe`. */
const asciiWordsOf = (text: string): string =>
  wordsOf(
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/[^\x20-\x7e]+/g, ' '),
  );

/**
 * The names of the downloaded file: `Paid-orders-Q3-2026-11-22-1a2b3c4d.csv`, or `orders-2026-11-22-1a2b3c4d.csv` for an
 * export without a name, with the day in UTC. They have the end of the job id, because the beginning is a time and nearly
 * the same for exports of one day. All characters are letters, digits, dots, dashes or underscores, which are safe in any
 * file system.
 * @throws RangeError for a format that this version doesn't have
 */
export function fileNames({ jobId, name, type, format, options, createdAt }: NamedJob): FileNames {
  const day = new Date(createdAt).toISOString().slice(0, 10);
  const rest = `${day}-${jobId.slice(-8)}.${fileKind({ type, format, options }).extension}`;
  const text = (name ?? '').toWellFormed().normalize('NFC');
  return {
    fileName: `${wordsOf(text) || type}-${rest}`,
    asciiName: `${asciiWordsOf(text) || type}-${rest}`,
  };
}

/** @see fileNames */
export const fileName = (job: NamedJob): string => fileNames(job).fileName;
