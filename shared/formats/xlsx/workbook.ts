import XLSX from 'xlsx';
import { z } from 'zod';
import { oneLine } from '../../text/one-line.js';
import type { BareOutline, NamedBytes } from '../encoding.js';
import { columnLetters } from './cells.js';
import { printTitles } from './print.js';
import { STYLES_PART, stylesPart } from './styles.js';

/**
 * Everything in a workbook except the sheets and their cell formats. SheetJS writes it around empty sheets, which are
 * dropped. Its parts are used unchanged.
 */

export interface Sheet {
  readonly name: string;
  /** Including the heading. */
  readonly rows: number;
}

/** https://support.microsoft.com/en-us/office/rename-a-worksheet-3f1f7148-ee83-404d-8ef0-9ff99fbad1f9 */
const MAX_NAME = 31;

/** `Orders`, `Orders 2`, …: at most 31 characters, without characters that sheet names can't have. */
export function sheetName(title: string, sheet: number): string {
  const plain = oneLine(title)
    .replace(/[\\/*?:[\]]/g, ' ')
    .trim();
  // Excel reserves this name.
  const base = plain.toLowerCase() === 'history' ? `Export ${plain}` : plain;
  const suffix = sheet === 0 ? '' : ` ${sheet + 1}`;
  // A name must neither start nor end with an apostrophe, even after it is shortened.
  const cut = base
    .replace(/^['\s]+/, '')
    .slice(0, MAX_NAME - suffix.length)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/['\s]+$/, '');
  return (cut === '' ? 'Export' : cut) + suffix;
}

/** `A1:M2`, or `$A$1:$M$2` if it is fixed. */
export const filterRange = (columns: number, rows: number, fixed = ''): string =>
  `${fixed}A${fixed}1:${fixed}${columnLetters(columns - 1)}${fixed}${rows}`;

/** @param widths of the columns, in characters */
export function workbookFiles(sheets: readonly Sheet[], outline: BareOutline, widths: readonly number[]): NamedBytes[] {
  const { title, columns, about } = outline;
  const book = XLSX.utils.book_new();
  const date = new Date(about.plannedAt);
  book.Props = { Title: oneLine(title), CreatedDate: date, ModifiedDate: date };
  for (const { name } of sheets) XLSX.utils.book_append_sheet(book, {}, name);
  const names = sheets.flatMap(({ name, rows }, Sheet) => {
    const quoted = `'${name.replaceAll("'", "''")}'`;
    const filtered = `${quoted}!${filterRange(columns.length, rows, '$')}`;
    return [
      // Without this name, LibreOffice shows no filter on any sheet.
      { Name: '_xlnm._FilterDatabase', Sheet, Hidden: true, Ref: filtered },
      { Name: '_xlnm.Print_Titles', Sheet, Ref: printTitles(quoted, outline, widths) },
    ];
  });
  book.Workbook = { Names: names };
  const files = filesIn(XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer);
  return files
    .filter(({ name, bytes }) => bytes.length > 0 && !isSheet(name) && name !== SHEETJS_MARK)
    .map((file) => (file.name === STYLES_PART ? stylesPart(columns) : file));
}

const isSheet = (name: string): boolean => name.startsWith('xl/worksheets/');

/** SheetJS's archive reader, which has no types. */
const cfb = XLSX.CFB as { read(bytes: Buffer, options: { type: 'buffer' }): unknown };
/** Folders have no content. */
const archiveSchema = z.object({
  FullPaths: z.array(z.string()),
  FileIndex: z.array(z.object({ content: z.instanceof(Uint8Array).catch(new Uint8Array(0)) })),
});
/** The reader prefixes every path with this. */
const ROOT = 'Root Entry/';
/** A file that SheetJS's writer adds to every archive. */
const SHEETJS_MARK = '\u0001Sh33tJ5';

function filesIn(archive: Buffer): NamedBytes[] {
  const { FullPaths, FileIndex } = archiveSchema.parse(cfb.read(archive, { type: 'buffer' }));
  return FileIndex.map(({ content }, index) => ({
    name: FullPaths[index]?.slice(ROOT.length) ?? '',
    bytes: Buffer.from(content),
  }));
}
