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
    why: 'It decodes entities twice: &amp;amp; becomes &amp;, and then &.',
    explains: (wanted, shown) =>
      wanted?.kind === 'text' && shown?.kind === 'text' && decoded(shown.value) === unescaped(wanted.value),
  },
  {
    readers: ['DuckDB'],
    why: 'A column has the type of its first cell: below a number, text that looks like one becomes a number.',
    explains: (wanted, shown, first) =>
      first?.kind === 'number' &&
      wanted?.kind === 'text' &&
      shown?.kind === 'number' &&
      NUMBER.test(wanted.value) &&
      shown.value === Number(wanted.value),
  },
  {
    readers: ['DuckDB'],
    why: 'In a column whose first cell is text or empty, it shows what the file stores: 1 for true, days for a time.',
    explains: (wanted, shown, first) =>
      (first === null || first.kind === 'text') && shown?.kind === 'text' && isWrittenAs(wanted, Number(shown.value)),
  },
  {
    readers: ['DuckDB'],
    why: 'It rounds a time within about a millisecond of a whole second to that second (stored times are not exact).',
    explains: (wanted, shown) =>
      (wanted?.kind === 'time' || wanted?.kind === 'clock') &&
      wanted.kind === shown?.kind &&
      shown.value.endsWith('.000') &&
      [1, DAY_MS - 1].includes(Math.abs(msOf(onSomeDay(wanted.value)) - msOf(onSomeDay(shown.value)))),
  },
  {
    readers: ['openpyxl', 'openpyxl, read-only', 'python-calamine', 'DuckDB'],
    why: 'They read the time 24:00 as midnight of the next day, or as 00:00.',
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
    why: 'It also decodes fewer than four digits, such as _x004_, and drops control characters when it saves.',
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
    why: 'It keeps only fifteen digits of a number.',
    elsewhere: true,
    explains: (wanted, shown) =>
      wanted?.kind === 'number' && shown?.kind === 'number' && Number(wanted.value.toPrecision(15)) === shown.value,
  },
  {
    readers: ['SheetJS'],
    why: 'The latest time that it supports is the start of 9999-12-31.',
    explains: (wanted, shown) =>
      wanted?.kind === 'time' && wanted.value.startsWith('9999-12-31T') && shown?.kind === 'other',
  },
  {
    readers: ['LibreOffice'],
    why: 'It keeps at most two decimals of a second in a date, and nearly three in a time of day.',
    explains: (wanted, shown) =>
      (wanted?.kind === 'time' || wanted?.kind === 'clock') &&
      wanted.kind === shown?.kind &&
      Math.abs(msOf(onSomeDay(wanted.value)) - msOf(onSomeDay(shown.value))) <
        (wanted.kind === 'clock' ? 2 : shown.value.endsWith('0') ? 1000 : 1),
  },
  {
    readers: ['LibreOffice'],
    why: 'It drops a tab at the start of a line when it saves, and reads CR as a line end.',
    elsewhere: true,
    explains: (wanted, shown) =>
      wanted?.kind === 'text' &&
      shown?.kind === 'text' &&
      shown.value === wanted.value.replaceAll('\r', '\n').replaceAll(/\n\t+/g, '\n').replaceAll('"\t', '"'),
  },
  {
    readers: ['exceljs, streaming'],
    why: 'It corrupts a four-byte character that is split between two of its buffers.',
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
    why: 'It drops control characters, and reads CR LF as one line end.',
    explains: (wanted, shown) =>
      wanted?.kind === 'text' &&
      (shown?.kind === 'text' ? shown.value : '') === wanted.value.replaceAll('\r\n', '\n').replaceAll(CONTROLS, ''),
  },
];
