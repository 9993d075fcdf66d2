/**
 * Prints what exceljs reads in an .xlsx file, in the form of workbook.ts: `node read-exceljs.ts workbook|stream FILE`.
 */
import ExcelJS from 'exceljs';
import { boolean, clock, clockOf, number, text, time, type Cell, type Workbook } from './workbook.js';

const FIRST_DAY = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

function cellOf(value: ExcelJS.CellValue | undefined): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return boolean(value);
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return { kind: 'other', value: JSON.stringify(value) };
  const ms = value.getTime() - FIRST_DAY;
  // A time of day belongs to day zero; 24:00 equals the start of day one.
  if (ms <= DAY_MS) return clock(clockOf(ms));
  return time(value.toISOString().slice(0, -1));
}

/** Collects rows in file order; a row out of sequence is reported as an odd cell. */
class Rows {
  readonly cells: Cell[][] = [];
  add(row: ExcelJS.Row): void {
    const { values, number } = row;
    const list = Array.isArray(values) ? values : [];
    const cells = Array.from({ length: Math.max(0, list.length - 1) }, (_, index) => cellOf(list[index + 1]));
    if (number !== this.cells.length + 1) cells.unshift({ kind: 'other', value: `row ${number}` });
    this.cells.push(cells);
  }
}

async function whole(file: string): Promise<Workbook> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(file);
  const sheets = workbook.worksheets.map((sheet) => {
    const rows = new Rows();
    sheet.eachRow({ includeEmpty: true }, (row) => {
      rows.add(row);
    });
    return { name: sheet.name, rows: rows.cells };
  });
  return { sheets };
}

async function streamed(file: string): Promise<Workbook> {
  const sheets: Workbook['sheets'] = [];
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(file, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
  });
  for await (const sheet of reader) {
    const rows = new Rows();
    for await (const row of sheet) rows.add(row);
    // The type lacks the name that the object has.
    sheets.push({ name: 'name' in sheet ? String(sheet.name) : '', rows: rows.cells });
  }
  return { sheets };
}

const [how, file = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await (how === 'stream' ? streamed(file) : whole(file))));
