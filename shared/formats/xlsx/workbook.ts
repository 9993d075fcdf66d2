import XLSX from 'xlsx';
import { z } from 'zod';
import { oneLine } from '../../text/one-line.js';
import type { NamedBytes } from '../encoding.js';
import { columnLetters, STYLES } from './cells.js';

/** Everything of a workbook but its sheets: SheetJS makes it, around sheets that are thrown away. */

export interface Sheet {
  readonly name: string;
  /** With the heading. */
  readonly rows: number;
}

/** Cells of these formats have SheetJS allot one cell format each, from 1 on, in this order: `STYLES`. */
const FORMATS = ['yyyy-mm-dd hh:mm:ss', 'yyyy-mm-dd', 'hh:mm:ss', '@', 'yyyy-mm-dd hh:mm:ss.000', 'hh:mm:ss.000'];

/** https://support.microsoft.com/en-us/office/rename-a-worksheet-3f1f7148-ee83-404d-8ef0-9ff99fbad1f9 */
const MAX_NAME = 31;

/** `Orders`, `Orders 2`, …: at most 31 characters, without those that a sheet's name cannot have. */
export function sheetName(title: string, sheet: number): string {
  const plain = oneLine(title)
    .replace(/[\\/*?:[\]]/g, ' ')
    .trim();
  // Excel keeps this name for itself.
  const base = plain.toLowerCase() === 'history' ? `Export ${plain}` : plain;
  const suffix = sheet === 0 ? '' : ` ${sheet + 1}`;
  // Neither end may be an apostrophe, even after the name is cut.
  const cut = base
    .replace(/^['\s]+/, '')
    .slice(0, MAX_NAME - suffix.length)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/['\s]+$/, '');
  return (cut === '' ? 'Export' : cut) + suffix;
}

/** `A1:M2`, or between `$` that keep it where it is. */
export const filterRange = (columns: number, rows: number, fixed = ''): string =>
  `${fixed}A${fixed}1:${fixed}${columnLetters(columns - 1)}${fixed}${rows}`;

/** @param isoTime when the export was planned */
export function workbookFiles(sheets: readonly Sheet[], columns: number, title: string, isoTime: string): NamedBytes[] {
  const book = XLSX.utils.book_new();
  book.Props = {
    Title: oneLine(title),
    CreatedDate: new Date(isoTime),
    ModifiedDate: new Date(isoTime),
  };
  for (const [index, { name }] of sheets.entries()) {
    const cells = index === 0 ? FORMATS.map((z, column) => [`${columnLetters(column)}1`, { t: 'n', v: 1, z }]) : [];
    XLSX.utils.book_append_sheet(book, { ...Object.fromEntries(cells), '!ref': 'A1:F1' } as XLSX.WorkSheet, name);
  }
  // Without these names LibreOffice has no filter on any sheet.
  const names = sheets.map(({ name, rows }, index) => ({
    ...{ Name: '_xlnm._FilterDatabase', Sheet: index, Hidden: true },
    Ref: `'${name.replaceAll("'", "''")}'!${filterRange(columns, rows, '$')}`,
  }));
  book.Workbook = { Names: names };
  const written = XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer;
  const { FullPaths, FileIndex } = archiveSchema.parse(cfb.read(written, { type: 'buffer' }));
  const files = FileIndex.map(({ content }, index) => ({
    name: FullPaths[index]?.replace(/^Root Entry\//, '') ?? '',
    bytes: Buffer.from(content),
  })).filter(({ name, bytes }) => bytes.length > 0 && !isSheet(name) && !name.endsWith('Sh33tJ5'));
  return files.map((file) => (file.name === 'xl/styles.xml' ? { ...file, bytes: mended(file.bytes) } : file));
}

/** SheetJS' reader of archives, for which it has no types. */
const cfb = XLSX.CFB as { read(bytes: Buffer, options: { type: 'buffer' }): unknown };
/** Folders have no bytes. */
const archiveSchema = z.object({
  FullPaths: z.array(z.string()),
  FileIndex: z.array(z.object({ content: z.instanceof(Uint8Array).catch(new Uint8Array(0)) })),
});

const isSheet = (name: string): boolean => name.startsWith('xl/worksheets/');

/** What is below belongs to Excel's own number formats, among which SheetJS puts ours: DuckDB then knows no dates. */
const FIRST_OWN_FORMAT = 164;

/** SheetJS writes no fonts: a second, bold one, for the heading's cell format. */
function mended(styles: Buffer): Buffer {
  const own = new Map(
    [...styles.toString().matchAll(/<numFmt numFmtId="(\d+)"/g)].map(([, id], index) => [id, FIRST_OWN_FORMAT + index]),
  );
  const before = styles
    .toString()
    .replace(/numFmtId="(\d+)"/g, (whole, id: string) => (own.has(id) ? `numFmtId="${own.get(id) ?? id}"` : whole));
  const fonts = before.replace(
    /<fonts count="1"><font>(.*?)<\/font><\/fonts>/,
    '<fonts count="2"><font>$1</font><font><b/>$1</font></fonts>',
  );
  const [cellFormats = ''] = /<cellXfs.*?<\/cellXfs>/.exec(fonts) ?? [];
  let style = 0;
  const bold = cellFormats.replace(/<xf ([^>]*)fontId="0"([^>]*)\/>/g, (whole, before: string, after: string) =>
    style++ === STYLES.heading ? `<xf ${before}fontId="1"${after} applyFont="1"/>` : whole,
  );
  const after = fonts.replace(cellFormats, bold);
  if (fonts === before || after === fonts) throw new Error('SheetJS now writes styles in another form.');
  return Buffer.from(after);
}
