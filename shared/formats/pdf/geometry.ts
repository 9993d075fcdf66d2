/** Positions on a page, in whole tenths of a point from the lower left corner. */

export const MARGIN = 300;
const PAPER = { A4: [5953, 8419], letter: [6120, 7920] } as const;

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

export function pageSize(paper: keyof typeof PAPER, isLandscape: boolean): PageSize {
  const [short, long] = PAPER[paper];
  return isLandscape ? { width: long, height: short } : { width: short, height: long };
}

/** Width between the margins. */
export const usableWidth = ({ width }: PageSize): number => width - 2 * MARGIN;

/** Baseline of the page number. */
export const FOOTER_BASELINE = 210;
/** Lower limit for rows. */
export const ROWS_END = 360;

export const TITLE_SIZE = 140;
export const TITLE_LEAD = 190;
/** The notes below the title. */
export const NOTE_SIZE = 75;
export const NOTE_LEAD = 105;
export const FOOTER_SIZE = 75;
/** Maximum size of a logo, next to title and notes. */
export const LOGO = { width: 1200, height: 400 } as const;
/** Space between notes and table. */
export const GAP = 80;

/** Space on both sides of a cell, in 1/1000 em. */
export const PADDING = 450;
/** Minimum column width. */
export const LEAST_COLUMN = 240;
/** Font sizes of rows. */
export const SIZES = { largest: 90, comfortable: 70, least: 50, step: 5 } as const;

/** Distance between baselines. */
export const leadOf = (size: number): number => Math.round(size * 1.5);

/** Cap height of the default font, in em; used to center text vertically in its line. */
export const CAP_HEIGHT = 0.73;
