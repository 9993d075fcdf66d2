import { z } from 'zod';
import { ServiceError } from '../../errors.js';
import { copyTextLane, copyTextSql } from '../copy-text.js';
import type {
  CutRules,
  CutSegment,
  FileOutline,
  Encoding,
  SegmentToMove,
  RowSize,
  WrittenSegment,
} from '../encoding.js';
import { groupSegments } from '../group-segments.js';
import { sumOf, totalOf } from '../sums.js';
import { isWide } from '../archive/zip.js';
import { cellKind, MAX_ROWS, type CellColumn } from './cells.js';
import { SheetEncoder } from './sheet-encoder.js';
import { SHEET_ROWS } from './options.js';
import { columnWidths, sheetHead, sheetTail } from './sheet.js';
import { numberStyles } from './styles.js';
import { sheetName, workbookFiles } from './workbook.js';

/**
 * A workbook for spreadsheets (ECMA-376). Each member of the archive is a sheet; the finish writes the rest. Numbers,
 * dates, times and booleans become typed cells if a cell can hold them exactly, otherwise text.
 */

/** Maximum XML bytes of a sheet: 4 GiB would need ZIP64 where readers don't support it. */
const SHEET_BYTES = 3 * 1024 ** 3;
/** Share of both limits that is used after a segment outgrew the plan. */
const HEADROOM_SHARE = 0.5;
const HEADING_ROWS = 1;

const LEVELS = { fast: 1, small: 6 } as const;

function cellColumns({ columns }: FileOutline): CellColumn[] {
  const styles = numberStyles(columns);
  return columns.map(({ type }, index) => ({ kind: cellKind(type), style: styles[index] ?? 0 }));
}

const sheetLayout = z.object({
  /** Of each column, in characters. */
  widths: z.array(z.number()),
});
/** `row` is the number of the first row, or null for rows without numbers. */
const sheetPosition = z.object({ row: z.number().nullable() });
type SheetPosition = z.infer<typeof sheetPosition>;

function cut(
  { options: { sheet_rows: requested } }: FileOutline,
  { plainBytes }: RowSize,
  withHeadroom: boolean,
): CutRules {
  const share = withHeadroom ? HEADROOM_SHARE : 1;
  const byRows = Math.min(Number(requested ?? SHEET_ROWS), SHEET_ROWS * share);
  return { unitRows: 1, memberRows: Math.max(1, Math.floor(Math.min(byRows, (SHEET_BYTES * share) / plainBytes))) };
}

/** The number of a segment's first row. Readers expect a number on every row, so the plan must determine it. */
function positions(_: FileOutline, segments: readonly CutSegment[]): SheetPosition[] {
  const next = new Map<number, number>();
  return segments.map(({ member, rows }) => {
    const row = next.get(member) ?? HEADING_ROWS + 1;
    next.set(member, row + rows);
    return { row };
  });
}

/**
 * If rows were inserted or deleted after the plan, all later segments of the sheet have wrong row numbers: they are
 * written again without numbers, so that readers count from the row above.
 */
function segmentsToMove(segments: readonly WrittenSegment<SheetPosition>[]): SegmentToMove<SheetPosition>[] {
  const wrong: SegmentToMove<SheetPosition>[] = [];
  for (const sheet of groupSegments(segments, ({ position: { member } }) => member)) {
    let row = HEADING_ROWS + 1;
    for (const { segment, position: at, rows } of sheet) {
      const planned = at.own.row;
      if (rows > 0 && planned !== null && planned !== row)
        wrong.push({ segment, position: { ...at, own: { row: null } } });
      row += rows;
    }
    if (row - 1 > MAX_ROWS || isWide(sumOf(sheet).size)) {
      throw new ServiceError('PLAN_OUTGROWN', `A sheet would have ${row - 1} rows, or more than 4 GiB.`);
    }
  }
  return wrong;
}

const rowsOf = (segments: readonly WrittenSegment[]): number =>
  segments.reduce((sum, { rows }) => sum + rows, HEADING_ROWS);

const renderColumn = () => (quoted: string) => quoted;

export const xlsxEncoding: Encoding<z.infer<typeof sheetLayout>, SheetPosition> = {
  encoderVersion: 5,
  renderColumn,
  copySql: copyTextSql,
  rows: copyTextLane(renderColumn),
  layout: (sample, { columns }) => ({ widths: columnWidths(columns, sample) }),
  layoutSchema: sheetLayout,
  cut,
  positions,
  positionSchema: sheetPosition,
  head: ({ columns, layout }) => Buffer.from(sheetHead(columns, layout.widths)),
  createEncoder: ({ row }, outline) => new SheetEncoder(cellColumns(outline), row ?? 0),
  tail: (outline, segments) => Buffer.from(sheetTail(outline, rowsOf(segments))),
  archive: {
    level: ({ compression }) => LEVELS[compression === 'small' ? 'small' : 'fast'],
    memberName: (member) => `xl/worksheets/sheet${member + 1}.xml`,
    files(outline, members) {
      const { title, layout } = outline;
      const sheets = members.map((segments, index) => ({ name: sheetName(title, index), rows: rowsOf(segments) }));
      return workbookFiles(sheets, outline, layout.widths);
    },
  },
  segmentsToMove,
  warnings(segments) {
    const count = totalOf(segments, 'cut');
    const cells = count === 1 ? '1 cell was' : `${count.toLocaleString('en-US')} cells were`;
    const message = `${cells} shortened to Excel's limit of 32,767 characters.`;
    return count === 0 ? [] : [{ code: 'XLSX_TEXT_CUT', message, count }];
  },
};
