import { z } from 'zod';
import { ServiceError } from '../../errors.js';
import type { CutSegment } from '../encoding.js';

/**
 * The pages and objects of a segment. Its objects, starting at `base`: the root of its pages, nodes of up to 64 pages,
 * and two objects per page (page and contents). Their parents and all other objects follow the last segment's.
 */
export const pdfPosition = z.object({
  base: z.number(),
  firstPage: z.number(),
  /** Maximum number of pages. */
  pages: z.number(),
});
export type PdfPosition = Readonly<z.infer<typeof pdfPosition>>;

/** The first object number of a segment. Numbers below it stay unused. */
const FIRST_BASE = 16;
/** The number of objects that readers must support (PDF 1.7, annex C). */
const MOST_OBJECTS = 8_388_607;
/** Objects reserved for the end of the file. */
const OBJECTS_OF_TAIL = 10_000;
export const FANOUT = 64;

export const nodesOf = (pages: number): number => Math.ceil(pages / FANOUT);

const objectsOf = (pages: number): number => 1 + nodesOf(pages) + 2 * pages;

/** The first object number after the segment's. */
export const endOf = ({ base, pages }: PdfPosition): number => base + objectsOf(pages);

/**
 * @param withHeadroom rows were added after an earlier plan: reserves more pages, whose numbers are skipped if they
 * stay empty
 * @throws ServiceError TOO_MANY_ROWS
 */
export function pdfPositions(
  segments: readonly CutSegment[],
  rowsPerPage: number,
  withHeadroom: boolean,
): PdfPosition[] {
  let base = FIRST_BASE;
  let firstPage = 1;
  const positions = segments.map(({ rows }) => {
    const planned = Math.ceil(rows / rowsPerPage);
    const position = { base, firstPage, pages: withHeadroom ? planned + Math.ceil(planned / 20) + 1 : planned };
    base = endOf(position);
    firstPage += position.pages;
    return position;
  });
  if (base > MOST_OBJECTS - OBJECTS_OF_TAIL) {
    const most = Math.floor(((MOST_OBJECTS - OBJECTS_OF_TAIL) * FANOUT) / (2 * FANOUT + 1)) * rowsPerPage;
    const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
    throw new ServiceError('TOO_MANY_ROWS', `The export has ${rows} rows; a PDF holds at most about ${most}.`);
  }
  return positions;
}

/** Object number of the segment's node for a page, and of the page itself; its contents come next. */
export const nodeNumber = ({ base }: PdfPosition, page: number): number => base + 1 + Math.floor(page / FANOUT);
export const pageNumber = ({ base, pages }: PdfPosition, page: number): number => base + 1 + nodesOf(pages) + 2 * page;
