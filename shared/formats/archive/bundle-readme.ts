import { MANIFEST, type ManifestFile } from './manifest.js';
import { missingLines } from './withheld-notes.js';
import { outlineOf, type Bundle, type FileSpec } from '../file-spec.js';

/** The README of a bundle, for the person whose data it contains. */
export function bundleReadme(spec: FileSpec, bundle: Bundle, files: readonly ManifestFile[]): string {
  const { format } = spec;
  const { requestedBy } = bundle;
  const { about, options } = outlineOf(spec, { file: 0 });
  const made = `${about.plannedAt.slice(0, 10)} at ${about.plannedAt.slice(11, 16)} UTC`;
  const width = Math.max(...files.map(({ name }) => name.length), MANIFEST.length);
  const line = (name: string, what: string): string => `  ${name.padEnd(width)}  ${what}`;
  const timezone = format.timesInUtc === true ? 'UTC' : String(options.timezone ?? 'UTC');
  const howToOpen = format.howToOpen ?? `Any text editor opens a .${format.extension} file.`;
  return [
    'YOUR DATA',
    '',
    'This archive contains the records stored under your user account.',
    `It was created on ${made}. Changes that were made`,
    'after that time may or may not be included.',
    '',
    'CONTENTS',
    '',
    ...files.map(({ name, title, rows }) => line(name, `${title}: ${recordsOf(rows)}`)),
    line(MANIFEST, 'for programs: the columns of each file, and checksums to verify'),
    line('', 'that nothing was changed'),
    '',
    ...missingLines(files, bundle),
    'HOW TO OPEN IT',
    '',
    howToOpen,
    'Unpack the archive first: some programs cannot open a file inside an archive.',
    '',
    'TIMES',
    '',
    `Times are in the timezone ${timezone}, unless they show another offset.`,
    '',
    'IF YOU HAVE QUESTIONS',
    '',
    'Contact whoever gave you this archive, and mention these ids:',
    '',
    `  Export  ${about.jobId}`,
    `  User    ${about.userId}`,
    `  Tenant  ${about.tenantId}`,
    ...(requestedBy === null ? [] : ['', `It was requested on your behalf by ${requestedBy}.`]),
    '',
  ].join('\n');
}

function recordsOf(rows: number): string {
  if (rows === 0) return 'no records';
  return rows === 1 ? '1 record' : `${rows.toLocaleString('en')} records`;
}
