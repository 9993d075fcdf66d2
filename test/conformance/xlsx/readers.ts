import { fileURLToPath } from 'node:url';
import { pipPackages } from '../../../dev/pip-packages.js';
import { TSX } from '../../../dev/stack/tsx.js';
import { needProgram } from '../../support/or-skip.js';
import { allOpenedByLibreOffice, openedByLibreOffice } from '../libreoffice.js';
import { outputOf } from './run-program.js';
import { workbookSchema, type Workbook } from './workbook.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const PACKAGES = [
  ...['openpyxl==3.1.5', 'et-xmlfile==2.0.0', 'python-calamine==0.9.1', 'lxml==6.1.3', 'xlsxwriter==3.3.1'],
  ...['duckdb==1.5.5', 'duckdb-extensions==1.5.5', 'duckdb-extension-excel==1.5.5'],
];

/**
 * The environment of a Python with packages that read, write and validate spreadsheets. @throws StackError without pip
 */
export async function spreadsheetPython(): Promise<NodeJS.ProcessEnv> {
  const PYTHONPATH = await pipPackages('spreadsheets-1', PACKAGES);
  return { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
}

/** An independent program or library that reads .xlsx. */
export interface XlsxReader {
  readonly name: ReaderName;
  /** Installs what it needs. @throws StackError with the reason if that isn't possible */
  readonly prepare: () => Promise<unknown>;
  /** @throws Error if it can't read the file */
  readonly read: (file: string) => Promise<Workbook>;
  /** Several files at once, in their order. */
  readonly readAll: (files: readonly string[]) => Promise<Workbook[]>;
}
export type ReaderName = keyof typeof READS;

const parsed = async (printed: Promise<string>): Promise<Workbook> => workbookSchema.parse(JSON.parse(await printed));

const inPython = (reader: string) => ({
  prepare: spreadsheetPython,
  read: async (file: string) =>
    parsed(outputOf('python3', [here('read.py'), reader, file], { env: await spreadsheetPython() })),
});
const inNode = (script: string, ...args: readonly string[]) => ({
  prepare: () => Promise.resolve(),
  read: (file: string) => parsed(outputOf(process.execPath, [...TSX, here(script), ...args, file])),
});

const READS = {
  openpyxl: inPython('openpyxl'),
  'openpyxl, read-only': inPython('openpyxl, read-only'),
  'python-calamine': inPython('python-calamine'),
  DuckDB: inPython('DuckDB'),
  SheetJS: inNode('read-sheetjs.ts'),
  exceljs: inNode('read-exceljs.ts', 'workbook'),
  'exceljs, streaming': inNode('read-exceljs.ts', 'stream'),
  LibreOffice: {
    prepare: () => needProgram('soffice'),
    read: (file: string) => openedByLibreOffice(file),
    readAll: allOpenedByLibreOffice,
  },
} satisfies Record<string, Pick<XlsxReader, 'prepare' | 'read'> & Partial<XlsxReader>>;

const nameSchema = (name: string): name is ReaderName => name in READS;
export const READERS: readonly XlsxReader[] = Object.keys(READS)
  .filter(nameSchema)
  .map((name) => {
    const reader = READS[name];
    return { name, readAll: (files) => Promise.all(files.map((file) => reader.read(file))), ...reader };
  });
