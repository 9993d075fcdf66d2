/** Prints what SheetJS reads in an .xlsx file, in the form of workbook.ts: `node read-sheetjs.ts FILE`. */
import XLSX from 'xlsx';
import { z } from 'zod';
import { boolean, clock, clockOf, number, text, time, type Cell, type Workbook } from './workbook.js';

const MS_PER_SECOND = 1000;

// These have no type declarations.
const isFunction = (value: unknown): boolean => typeof value === 'function';
const { is_date: isDate, parse_date_code: parseDate } = z
  .object({
    is_date: z.custom<(format: string) => boolean>(isFunction),
    parse_date_code: z.custom<(value: number) => unknown>(isFunction),
  })
  .parse(XLSX.SSF);
const part = z.number();
/** `D` counts days, `u` is the fraction of a second. Null: outside SheetJS's range of dates. */
const dateSchema = z.object({ D: part, y: part, m: part, d: part, H: part, M: part, S: part, u: part }).nullable();
const cellSchema = z
  .object({
    t: z.string(),
    v: z.union([z.string(), z.number(), z.boolean()]).optional(),
    f: z.string().optional(),
    z: z.string().optional(),
  })
  .optional();

/** SheetJS's own date code: a `Date` would be in the machine's timezone, and rounded. */
function cellOf(read: unknown): Cell {
  const cell = cellSchema.parse(read);
  if (cell === undefined || cell.t === 'z') return null;
  const { v, f, z: format = 'General' } = cell;
  if (f !== undefined) return { kind: 'other', value: `=${f}` };
  if (typeof v === 'string') return text(v);
  if (typeof v === 'boolean') return boolean(v);
  if (v === undefined || cell.t !== 'n') return { kind: 'other', value: String(v) };
  if (!isDate(format)) return number(v);
  const date = dateSchema.parse(parseDate(v));
  if (date === null) return { kind: 'other', value: `the date ${v}` };
  if (!format.includes('y')) {
    const seconds = ((date.D * 24 + date.H) * 60 + date.M) * 60 + date.S;
    return clock(clockOf(seconds * MS_PER_SECOND + Math.round(date.u * MS_PER_SECOND)));
  }
  const seconds = Date.UTC(date.y, date.m - 1, date.d, date.H, date.M, date.S);
  return time(new Date(seconds + Math.round(date.u * MS_PER_SECOND)).toISOString().slice(0, -1));
}

const [file = ''] = process.argv.slice(2);
const workbook = XLSX.readFile(file, { cellNF: true, cellFormula: true, cellHTML: false, cellText: false });
const sheets = workbook.SheetNames.map((name) => {
  const sheet = workbook.Sheets[name] ?? {};
  const { e: last } = XLSX.utils.decode_range(sheet['!ref'] ?? 'A1');
  const rows = Array.from({ length: last.r + 1 }, (_, r) =>
    Array.from({ length: last.c + 1 }, (__, c) => cellOf(sheet[XLSX.utils.encode_cell({ r, c })])),
  );
  return { name, rows };
});
process.stdout.write(JSON.stringify({ sheets } satisfies Workbook));
