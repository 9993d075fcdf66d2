import type { ReaderName } from './readers.js';
import type { Cell } from './workbook.js';

/** Something that a reader can't do, or does in its own way. */
export interface Quirk {
  readonly readers: readonly ReaderName[];
  readonly why: string;
  /** No cell in readers.test.ts shows it; the service's own workbooks do (xlsx.test.ts). */
  readonly elsewhere?: true;
  /** Whether `shown` is how the reader shows `wanted`. @param first the cell in the column's first row */
  readonly explains: (wanted: Cell, shown: Cell, first: Cell) => boolean;
}

const ESCAPE = /_x([0-9A-Fa-f]{4})_/g;
const decoded = (written: string): string =>
  written.replaceAll(ESCAPE, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (written: string): string =>
  written.replaceAll(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => ENTITIES[name] ?? whole);

// eslint-disable-next-line no-control-regex -- matching control characters is the point
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g;
const NUMBER = /^[-+]?\d*\.?\d+(e[-+]?\d+)?$/i;

const NEXT_DAY = /^(1900-01-01T)?00:00:00\.000$/;
const DAY_MS = 86_400_000;
const msOf = (moment: string): number => Date.parse(`${moment}Z`);
const FIRST_DAY = msOf('1899-12-30T00:00:00.000');

const onSomeDay = (moment: string): string => (moment.includes('T') ? moment : `1970-01-01T${moment}`);

/** Whether a file stores the cell as this number. */
function isWrittenAs(cell: Cell, written: number): boolean {
  switch (cell?.kind) {
    case 'number':
      return written === cell.value;
    case 'boolean':
      return written === Number(cell.value);
    case 'time':
      return Math.round(written * DAY_MS) === msOf(cell.value) - FIRST_DAY;
    case 'clock':
      return Math.round(written * DAY_MS) === msOf(onSomeDay(cell.value));
    default:
      return false;
  }
}

export const QUIRKS: readonly Quirk[] = [
  {
    readers: ['openpyxl', 'openpyxl, read-only', 'exceljs', 'exceljs, streaming', 'DuckDB'],
    why: 'They show _x000B_, the standard’s way to write a character that XML cannot hold, as it is written.',
    explains: (wanted, shown) =>
      wanted?.kind === 'text' && shown?.kind === 'text' && decoded(shown.value) === wanted.value,
  },
  {
    readers: ['exceljs, streaming'],
    why: 'It takes entities for characters twice: &amp;amp; becomes &amp;, and then &.',
    explains: (wanted, shown) =>
      wanted?.kind === 'text' && shown?.kind === 'text' && decoded(shown.value) === unescaped(wanted.value),
  },
  {
    readers: ['DuckDB'],
    why: 'A column has the type of its first cell, and text below it that can be cast to a number is.',
    explains: (wanted, shown, first) =>
      first?.kind === 'number' &&
      wanted?.kind === 'text' &&
      shown?.kind === 'number' &&
      NUMBER.test(wanted.value) &&
      shown.value === Number(wanted.value),
  },
  {
    readers: ['DuckDB'],
    why: 'In a column whose first cell is text, or none, it shows what the file has: 1 for true, days for a time.',
    explains: (wanted, shown, first) =>
      (first === null || first.kind === 'text') && shown?.kind === 'text' && isWrittenAs(wanted, Number(shown.value)),
  },
  {
    readers: ['DuckDB'],
    why: 'It takes a time less than a millisecond from a whole second for that second, and a serial number is not exact.',
    explains: (wanted, shown) =>
      (wanted?.kind === 'time' || wanted?.kind === 'clock') &&
      wanted.kind === shown?.kind &&
      shown.value.endsWith('.000') &&
      [1, DAY_MS - 1].includes(Math.abs(msOf(onSomeDay(wanted.value)) - msOf(onSomeDay(shown.value)))),
  },
  {
    readers: ['openpyxl', 'openpyxl, read-only', 'python-calamine', 'DuckDB'],
    why: 'The end of a day, as a time of day, is the next day to them, or its first moment.',
    elsewhere: true,
    explains: (wanted, shown) =>
      wanted?.kind === 'clock' &&
      wanted.value === '24:00:00.000' &&
      shown !== null &&
      NEXT_DAY.test(String(shown.value)),
  },
  {
    readers: ['SheetJS'],
    why: 'It decodes _X0041_ as it does _x0041_.',
    elsewhere: true,
    explains: (wanted, shown) =>
      wanted?.kind === 'text' && shown?.kind === 'text' && decoded(wanted.value.replaceAll('_X', '_x')) === shown.value,
  },
  {
    readers: ['LibreOffice'],
    why: 'It decodes fewer than four digits, such as _x004_, too, and loses control characters on their way out.',
    elsewhere: true,
    explains: (wanted, shown) =>
      wanted?.kind === 'text' &&
      shown?.kind === 'text' &&
      wanted.value
        .replaceAll(/_x([0-9A-Fa-f]{1,3})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
        .replaceAll(CONTROLS, '') === shown.value,
  },
  {
    readers: ['LibreOffice'],
    why: 'It hands on fifteen digits of a number.',
    elsewhere: true,
    explains: (wanted, shown) =>
      wanted?.kind === 'number' && shown?.kind === 'number' && Number(wanted.value.toPrecision(15)) === shown.value,
  },
  {
    readers: ['SheetJS'],
    why: 'Its last moment is the beginning of 9999-12-31.',
    explains: (wanted, shown) =>
      wanted?.kind === 'time' && wanted.value.startsWith('9999-12-31T') && shown?.kind === 'other',
  },
  {
    readers: ['LibreOffice'],
    why: 'Of the second of a date it hands on two digits at most, and of that of a time of day what is nearly three.',
    explains: (wanted, shown) =>
      (wanted?.kind === 'time' || wanted?.kind === 'clock') &&
      wanted.kind === shown?.kind &&
      Math.abs(msOf(onSomeDay(wanted.value)) - msOf(onSomeDay(shown.value))) <
        (wanted.kind === 'clock' ? 2 : shown.value.endsWith('0') ? 1000 : 1),
  },
  {
    readers: ['LibreOffice'],
    why: 'A tab at the beginning of a line is lost on its way out, and CR is a line end.',
    elsewhere: true,
    explains: (wanted, shown) =>
      wanted?.kind === 'text' &&
      shown?.kind === 'text' &&
      shown.value === wanted.value.replaceAll('\r', '\n').replaceAll(/\n\t+/g, '\n').replaceAll('"\t', '"'),
  },
  {
    readers: ['exceljs, streaming'],
    why: 'It breaks a character of four bytes where two of its buffers meet.',
    elsewhere: true,
    explains: (wanted, shown) =>
      wanted?.kind === 'text' &&
      shown?.kind === 'text' &&
      wanted.value.length > 16_000 &&
      Math.abs(shown.value.length - wanted.value.length) < 8 &&
      shown.value.includes('\ufffd'),
  },
  {
    readers: ['LibreOffice'],
    why: 'It leaves out control characters, and CR LF is one line end.',
    explains: (wanted, shown) =>
      wanted?.kind === 'text' &&
      (shown?.kind === 'text' ? shown.value : '') === wanted.value.replaceAll('\r\n', '\n').replaceAll(CONTROLS, ''),
  },
];
