import type { Warning } from '../../contract.js';
import type { Mask } from '../../datasets/column-types.js';
import type { Withheld } from '../../datasets/withheld.js';
import { withCount } from '../../text/with-count.js';
import type { Bundle } from '../file-spec.js';
import type { ManifestFile } from './manifest.js';

/** Tells people what an archive masks or leaves out because of rights on columns. */

const MASKED: Readonly<Record<Mask, string>> = {
  redact: 'not shown',
  last_4: 'only the last four characters are shown',
  hash: 'replaced by a code that is the same for the same value',
  year: 'only the year is shown',
};

/** The lines for README.txt; none if nothing is missing. */
export function missingLines(files: readonly ManifestFile[], { requestedBy, leftOutFiles }: Bundle): string[] {
  const lines = [
    ...files.flatMap(linesOf),
    ...(leftOutFiles === 0 ? [] : [`  ${withCount(leftOutFiles, 'other file')}: left out`]),
  ];
  if (lines.length === 0) return [];
  const why =
    requestedBy === null
      ? ['Some columns are masked or left out, because of rules about who may see', 'them.']
      : [
          'Some columns are masked or left out: both you and the administrator who',
          'requested this archive must be allowed to see a column.',
        ];
  return ['WHAT IS MISSING', '', ...why, '', ...lines, ''];
}

function linesOf({ name, schema, left_out: leftOut }: ManifestFile): string[] {
  const lines = [
    ...schema.flatMap(({ label, mask }) => (mask === undefined ? [] : [`${label}: ${MASKED[mask]}`])),
    ...leftOut.locked.map(({ label, reason }) => `${label}: left out. ${reason}`),
    ...(leftOut.hidden === 0 ? [] : [`${withCount(leftOut.hidden, 'hidden column')}: left out`]),
  ];
  return lines.length === 0 ? [] : [`  ${name}:`, ...lines.map((line) => `    ${line}`)];
}

/** The job's warnings about an archive. */
export function withheldWarnings({ withheld, leftOutFiles }: Bundle): Warning[] {
  const total = (of: (file: Withheld) => number): number => withheld.reduce((sum, file) => sum + of(file), 0);
  const warning = (code: string, count: number, thing: string, what: string): Warning[] => {
    const message = `${withCount(count, thing)} ${count === 1 ? 'is' : 'are'} ${what}.`;
    return count === 0 ? [] : [{ code, message, count }];
  };
  const masked = total(({ masked: masks }) => Object.keys(masks).length);
  const leftOut = total(({ locked, hidden }) => locked.length + hidden);
  return [
    ...warning('ACCOUNT_COLUMNS_MASKED', masked, 'column', 'masked: README.txt in the archive lists them'),
    ...warning('ACCOUNT_COLUMNS_LEFT_OUT', leftOut, 'column', 'left out: README.txt in the archive says more'),
    ...warning('ACCOUNT_FILES_LEFT_OUT', leftOutFiles, 'file', 'left out, because no column may be shown'),
  ];
}
