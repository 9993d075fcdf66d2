import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { outputOf } from './xlsx/run-program.js';
import { workbookSchema, type Workbook } from './xlsx/workbook.js';

const READER = fileURLToPath(new URL('read_fods.py', import.meta.url));

/** The cells of a file opened as a spreadsheet in LibreOffice. @param args import options */
export async function openedByLibreOffice(file: string, args: readonly string[] = []): Promise<Workbook> {
  const [workbook] = await allOpenedByLibreOffice([file], args);
  if (workbook === undefined) throw new Error(`LibreOffice did not convert ${file}`);
  return workbook;
}

/** The same for several files at once: starting LibreOffice takes seconds, opening a small file hardly any time. */
export const allOpenedByLibreOffice = (files: readonly string[], args: readonly string[] = []): Promise<Workbook[]> =>
  convertedByLibreOffice(
    files,
    'fods',
    async (flat) => z.array(workbookSchema).parse(JSON.parse(await outputOf('python3', [READER, ...flat]))),
    args,
  );

/**
 * Converts files with LibreOffice and passes them to `read`; they are deleted afterwards. @param format file extension
 */
export async function convertedByLibreOffice<T>(
  files: readonly string[],
  format: 'fods' | 'xls' | 'pdf',
  read: (converted: string[]) => Promise<T>,
  args: readonly string[] = [],
): Promise<T> {
  // Two instances can't share a profile, so each run gets its own.
  const folder = await mkdtemp(join(tmpdir(), 'libreoffice-'));
  try {
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
    await outputOf('soffice', ['--headless', profile, ...args, '--convert-to', format, '--outdir', folder, ...files]);
    return await read(files.map((file) => join(folder, `${basename(file, extname(file))}.${format}`)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
