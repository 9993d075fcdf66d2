import { z } from 'zod';
import { ServiceError } from '../../errors.js';
import type { CutSegment } from '../encoding.js';

/** How the rows of each segment are divided into row groups. */

export const parquetPosition = z.object({
  /** Row groups, and rows of each but the last, as planned. */
  groups: z.int().min(1),
  groupRows: z.int().min(1),
  /** The most rows of the last one, if there are more rows than planned. Still more go to further row groups. */
  lastRows: z.int().min(1),
  /** Whether the file has an index of its pages. */
  hasPageIndex: z.boolean(),
});
export type ParquetPosition = z.infer<typeof parquetPosition>;

/** The most column chunks of a file: readers load about 100 bytes for each before they read anything else. */
export const MOST_CHUNKS = 200_000;
/** With more pages, the index would take longer to read than it saves. */
const MOST_INDEXED_PAGES = 100_000;
/** How many more rows than planned the last row group takes. */
const SURPLUS = 1.25;

/** Compressed bytes of a row group: large enough to be read quickly, small enough to be held in memory. */
const GROUP_BYTES = 16 * 1024 * 1024;
/** The most rows of a row group, if rows are short. */
const MOST_GROUP_ROWS = 1_048_576;

interface GroupRules {
  readonly columns: number;
  /** The most rows of a row group, if the request says so. */
  readonly requested: number | undefined;
  /** Compressed bytes of a row; undefined if they aren't known yet. */
  readonly rowBytes: number | undefined;
  /** The most rows of a page. */
  readonly pageRows: number;
}

/**
 * Divides the rows of each segment evenly, so that no row group is tiny.
 * @throws ServiceError TOO_MANY_ROWS if the file would have too many column chunks
 */
export function parquetPositions(rules: GroupRules, segments: readonly CutSegment[]): ParquetPosition[] {
  const { columns, requested, pageRows } = rules;
  const groupRows = requested ?? largeEnough(rules, segments);
  if (countGroups(segments, groupRows) * columns > MOST_CHUNKS) throw tooManyChunks(rules, segments, groupRows);
  const pages = segments.reduce((sum, { rows }) => sum + groupsOf(rows, groupRows) + rows / pageRows, 0) * columns;
  return segments.map(({ rows }) => {
    const groups = groupsOf(rows, groupRows);
    const planned = Math.max(1, Math.ceil(rows / groups));
    const most = Math.ceil(planned * SURPLUS);
    return {
      ...{ groups, groupRows: planned, hasPageIndex: pages <= MOST_INDEXED_PAGES },
      lastRows: requested === undefined ? most : Math.min(requested, most),
    };
  });
}

const groupsOf = (rows: number, groupRows: number): number => Math.max(1, Math.ceil(rows / groupRows));

const countGroups = (segments: readonly CutSegment[], groupRows: number): number =>
  segments.reduce((sum, { rows }) => sum + groupsOf(rows, groupRows), 0);

/** Rows of a row group of the usual size, or more if there would be too many; at most one in each segment. */
function largeEnough({ columns, rowBytes, pageRows }: GroupRules, segments: readonly CutSegment[]): number {
  const longest = Math.max(...segments.map(({ rows }) => rows));
  const fitting = rowBytes === undefined ? MOST_GROUP_ROWS : Math.floor(GROUP_BYTES / rowBytes / pageRows) * pageRows;
  let rows = Math.max(pageRows, Math.min(MOST_GROUP_ROWS, fitting));
  while (rows < longest && countGroups(segments, rows) * columns > MOST_CHUNKS) rows *= 2;
  return rows;
}

function tooManyChunks(
  { columns, requested }: GroupRules,
  segments: readonly CutSegment[],
  groupRows: number,
): ServiceError {
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  const groups = countGroups(segments, groupRows);
  const advice = requested === undefined ? '' : ` With row_group_rows above ${requested}, there are fewer.`;
  return new ServiceError(
    'TOO_MANY_ROWS',
    `The export has ${rows} rows in ${groups} row groups of ${columns} columns; ` +
      `a Parquet file holds at most ${MOST_CHUNKS} row groups × columns.${advice}`,
  );
}
