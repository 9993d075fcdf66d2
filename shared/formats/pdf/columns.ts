import type { ShownColumn } from '../../datasets/shown-columns.js';
import { kindOf, shownText, type PdfCellKind } from './cells.js';
import type { Faces } from './faces.js';
import { LEAST_COLUMN, PADDING, SIZES } from './geometry.js';
import type { PdfFonts } from './resources.js';
import { measureText } from './measure.js';

/** Computes column widths from a sample of the contents. */

export interface ColumnNeed {
  readonly kind: PdfCellKind;
  /** Width at which (nearly) nothing is clipped, in 1/1000 em with padding. */
  readonly wanted: number;
  /** Width if the text would otherwise become too small: long texts are clipped. */
  readonly least: number;
  /** Width of the label on one line. */
  readonly label: number;
  /** Width if even the smallest text is too large: ids are clipped, too. */
  readonly floor: number;
}

/** Longer text is clipped. */
const LONGEST_TEXT = 40_000;
/** The minimum useful width of a text column. */
const USEFUL_TEXT = 9000;
const HARDLY_USEFUL_TEXT = 4500;
/** Longer numbers are scaled down. */
const LONGEST_NUMBER = 14_000;
/** The share of the sample's texts that aren't clipped if there is room. */
const MOST = 0.97;
/** Numbers may be longer than those of the sample. */
const ROOM_FOR_GROWTH = 1.06;

/** @param fields of the sample, by row */
export function columnNeeds(
  columns: readonly ShownColumn[],
  fields: readonly (readonly (string | null)[])[],
  { body, heading }: PdfFonts,
): ColumnNeed[] {
  return columns.map(({ label, type, number }, index) => {
    const kind = kindOf(type);
    const widths = fields
      .flatMap((row) => row[index] ?? [])
      .map((text) => measureText(body, shownText(text, kind, number).slice(0, MEASURED)))
      .sort((a, b) => a - b);
    const wholeLabel = measureText(heading, label);
    const leastLabel = labelWidth(label, wholeLabel, heading);
    const onOneLine = Math.min(wholeLabel, LONGEST_LABEL) + 2 * PADDING;
    const longest = widths.at(-1) ?? 0;
    if (type !== 'uuid' && (kind === 'text' || kind === 'padded')) {
      const usual = widths[Math.floor((widths.length - 1) * MOST)] ?? 0;
      const wanted = Math.max(leastLabel, Math.min(usual, LONGEST_TEXT)) + 2 * PADDING;
      const [least, floor] = [Math.min(wanted, USEFUL_TEXT), Math.min(wanted, HARDLY_USEFUL_TEXT)];
      return { kind, wanted, least, floor, label: onOneLine };
    }
    const value = kind === 'number' ? Math.min(longest * ROOM_FOR_GROWTH, LONGEST_NUMBER) : longest;
    const wanted = Math.max(leastLabel, value) + 2 * PADDING;
    const floor = type === 'uuid' ? HARDLY_USEFUL_TEXT : wanted;
    return { kind, wanted, least: wanted, floor, label: onOneLine };
  });
}

/** How many characters of a text are measured; those after them would be clipped. */
const MEASURED = 300;
/** A label may take two lines, so its longest word must fit, up to this width. */
const LONGEST_LABEL = 12_000;

function labelWidth(label: string, whole: number, heading: Faces): number {
  const word = Math.max(...label.split(' ').map((part) => measureText(heading, part)));
  return Math.min(LONGEST_LABEL, Math.max(word, whole / 2));
}

/** The same, with every label on one line. */
export const withWholeLabels = (needs: readonly ColumnNeed[]): ColumnNeed[] =>
  needs.map((need) => ({
    ...need,
    wanted: Math.max(need.wanted, need.label),
    least: Math.max(need.least, need.label),
  }));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The width of each column in tenths of a point, filling the room; null if they don't fit at this font size. */
export function fitColumns(needs: readonly ColumnNeed[], size: number, room: number): number[] | null {
  const at = (thousandths: number): number => Math.max(LEAST_COLUMN, Math.ceil((thousandths * size) / 1000));
  const wanted = needs.map((need) => at(need.wanted));
  const least = needs.map((need) => at(need.least));
  const isLast = size <= SIZES.least;
  const mustFit = size > SIZES.comfortable ? wanted : least;
  if (sum(mustFit) > room && !isLast) return null;
  // Text columns make the best use of what is left.
  if (sum(wanted) <= room) {
    const shares = wanted.map((width, index) => (STRETCHED.has(needs[index]?.kind ?? 'text') ? width : width / 8));
    return spread(wanted, shares, room - sum(wanted));
  }
  const floor = needs.map((need) => at(need.floor));
  const nothing = needs.map(() => LEAST_COLUMN);
  const [less, more] = sum(least) <= room ? [least, wanted] : sum(floor) <= room ? [floor, least] : [nothing, floor];
  return spread(
    less,
    more.map((width, index) => width - (less[index] ?? 0)),
    room - sum(less),
  );
}

const STRETCHED: ReadonlySet<PdfCellKind> = new Set(['text', 'padded']);

/** Distributes the remaining room among the columns by these shares, to the last tenth. */
function spread(widths: readonly number[], shares: readonly number[], rest: number): number[] {
  const total = sum(shares);
  let shared = 0;
  let given = 0;
  return widths.map((width, index) => {
    shared += shares[index] ?? 0;
    const due = total === 0 ? 0 : Math.floor((rest * shared) / total);
    const more = due - given;
    given = due;
    return width + more;
  });
}
