import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf } from './xlsx/run-program.js';
import { workbookSchema, type Workbook } from './xlsx/workbook.js';

const READER = fileURLToPath(new URL('read_fods.py', import.meta.url));

/** What LibreOffice has in the cells of a file that it opens as a spreadsheet. @param args how it is to read it */
export const openedByLibreOffice = (file: string, args: readonly string[] = []): Promise<Workbook> =>
  convertedByLibreOffice(
    file,
    'fods',
    async (flat) => workbookSchema.parse(JSON.parse(await outputOf('python3', [READER, flat]))),
    args,
  );

/** Gives `read` what LibreOffice makes of a file; it is gone afterwards. @param format by its extension */
export async function convertedByLibreOffice<T>(
  file: string,
  format: 'fods' | 'xls',
  read: (converted: string) => Promise<T>,
  args: readonly string[] = [],
): Promise<T> {
  // A profile of its own: two of it cannot share one.
  const folder = await mkdtemp(join(tmpdir(), 'libreoffice-'));
  try {
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
    await outputOf('soffice', ['--headless', profile, ...args, '--convert-to', format, '--outdir', folder, file]);
    return await read(join(folder, `${basename(file, extname(file))}.${format}`));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
