import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { outputOf } from './xlsx/run-program.js';
import { workbookSchema, type Workbook } from './xlsx/workbook.js';

const READER = fileURLToPath(new URL('read_fods.py', import.meta.url));

/** What LibreOffice has in the cells of a file that it opens as a spreadsheet. @param args how it is to read it */
export async function openedByLibreOffice(file: string, args: readonly string[] = []): Promise<Workbook> {
  const [workbook] = await allOpenedByLibreOffice([file], args);
  if (workbook === undefined) throw new Error(`LibreOffice has made nothing of ${file}`);
  return workbook;
}

/** The same for several files at once: LibreOffice takes seconds to start, and hardly any to open a small file. */
export const allOpenedByLibreOffice = (files: readonly string[], args: readonly string[] = []): Promise<Workbook[]> =>
  convertedByLibreOffice(
    files,
    'fods',
    async (flat) => z.array(workbookSchema).parse(JSON.parse(await outputOf('python3', [READER, ...flat]))),
    args,
  );

/** Gives `read` what LibreOffice makes of some files; it is gone afterwards. @param format by its extension */
export async function convertedByLibreOffice<T>(
  files: readonly string[],
  format: 'fods' | 'xls',
  read: (converted: string[]) => Promise<T>,
  args: readonly string[] = [],
): Promise<T> {
  // A profile of its own: two of it cannot share one.
  const folder = await mkdtemp(join(tmpdir(), 'libreoffice-'));
  try {
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
    await outputOf('soffice', ['--headless', profile, ...args, '--convert-to', format, '--outdir', folder, ...files]);
    return await read(files.map((file) => join(folder, `${basename(file, extname(file))}.${format}`)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
