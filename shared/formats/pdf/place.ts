import { ServiceError } from '../../errors.js';
import type { CutSegment, SegmentPlace } from '../encoding.js';

/**
 * Which pages and objects a segment has. Its objects, from `base`: the root of its pages, nodes of up to 64 pages, and
 * page and contents of each page. Their parents and all else come after the last segment's.
 */
export interface PdfPlace {
  readonly base: number;
  readonly firstPage: number;
  /** That it has room for. */
  readonly pages: number;
}

/** Below: what the end of the file numbers without asking. */
const FIRST_BASE = 16;
/** Readers are to take so many objects (PDF 1.7, annex C). */
const MOST_OBJECTS = 8_388_607;
/** Of those that the end of the file may have. */
const OBJECTS_OF_TAIL = 10_000;
export const FANOUT = 64;

export const nodesOf = (pages: number): number => Math.ceil(pages / FANOUT);

const objectsOf = (pages: number): number => 1 + nodesOf(pages) + 2 * pages;

/** The first number after the segment's. */
export const endOf = ({ base, pages }: PdfPlace): number => base + objectsOf(pages);

/**
 * @param withHeadroom rows were added after an earlier plan: reserves more pages, whose numbers are skipped if they stay empty
 * @throws ServiceError TOO_MANY_ROWS
 */
export function placeSegments(segments: readonly CutSegment[], rowsPerPage: number, withHeadroom: boolean) {
  let base = FIRST_BASE;
  let firstPage = 1;
  const places = segments.map(({ rows }) => {
    const planned = Math.ceil(rows / rowsPerPage);
    const place = { base, firstPage, pages: withHeadroom ? planned + Math.ceil(planned / 20) + 1 : planned };
    base = endOf(place);
    firstPage += place.pages;
    return place;
  });
  if (base > MOST_OBJECTS - OBJECTS_OF_TAIL) {
    const most = Math.floor(((MOST_OBJECTS - OBJECTS_OF_TAIL) * FANOUT) / (2 * FANOUT + 1)) * rowsPerPage;
    const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
    throw new ServiceError('TOO_MANY_ROWS', `The export has ${rows} rows; a PDF holds at most about ${most}.`);
  }
  return places;
}

/** @throws RangeError for a place of another format */
export function pdfPlaceOf({ base, firstPage, pages }: SegmentPlace): PdfPlace {
  if (base === undefined || firstPage === undefined || pages === undefined) throw new RangeError('no place in a PDF');
  return { base, firstPage, pages };
}

/** Where the segment's node of that page is, and the page itself; its contents follow. */
export const nodeNumber = ({ base }: PdfPlace, page: number): number => base + 1 + Math.floor(page / FANOUT);
export const pageNumber = ({ base, pages }: PdfPlace, page: number): number => base + 1 + nodesOf(pages) + 2 * page;
