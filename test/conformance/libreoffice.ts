import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf } from './xlsx/run-program.js';
import { workbookSchema, type Workbook } from './xlsx/workbook.js';

const READER = fileURLToPath(new URL('read_fods.py', import.meta.url));

/** What LibreOffice has in the cells of a file that it opens as a spreadsheet. @param args how it is to read it */
export async function openedByLibreOffice(file: string, args: readonly string[] = []): Promise<Workbook> {
  // A profile of its own: two of it cannot share one.
  const folder = await mkdtemp(join(tmpdir(), 'libreoffice-'));
  try {
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
    await outputOf('soffice', ['--headless', profile, ...args, '--convert-to', 'fods', '--outdir', folder, file]);
    const converted = join(folder, `${basename(file, extname(file))}.fods`);
    return workbookSchema.parse(JSON.parse(await outputOf('python3', [READER, converted])));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
