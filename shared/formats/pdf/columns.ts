import type { ShownColumn } from '../../datasets/define-dataset.js';
import { kindOf, shownText, type PdfCellKind } from './cells.js';
import type { Faces } from './faces.js';
import { LEAST_COLUMN, PADDING, SIZES } from './geometry.js';
import type { PdfFonts } from './resources.js';
import { measureText } from './measure.js';

/** How wide columns are, from a sample of what is in them. */

export interface ColumnNeed {
  readonly kind: PdfCellKind;
  /** What is in it, in 1/1000 em with the padding: nothing is cut, or hardly anything. */
  readonly wanted: number;
  /** What it has where the text would become too small otherwise: texts are cut. */
  readonly least: number;
  /** What it has where even the smallest text is too large: ids are cut, too. */
  readonly floor: number;
}

/** Text that is longer than this is cut. */
const LONGEST_TEXT = 40_000;
/** A column of text is of use from here on, or at least from there. */
const USEFUL_TEXT = 9000;
const HARDLY_USEFUL_TEXT = 4500;
/** A number that is longer than this becomes smaller. */
const LONGEST_NUMBER = 14_000;
/** So many of the sample's texts are not cut, where there is room. */
const MOST = 0.97;
/** Numbers may become longer than those of the sample. */
const ROOM_FOR_GROWTH = 1.06;

/** @param fields of the sample, by row */
export function columnNeeds(
  columns: readonly ShownColumn[],
  fields: readonly (readonly (string | null)[])[],
  { body, heading }: PdfFonts,
): ColumnNeed[] {
  return columns.map(({ label, type }, index) => {
    const kind = kindOf(type);
    const widths = fields
      .flatMap((row) => row[index] ?? [])
      .map((text) => measureText(body, shownText(text, kind).slice(0, MEASURED)))
      .sort((a, b) => a - b);
    const label_ = labelWidth(label, heading);
    const longest = widths.at(-1) ?? 0;
    if (type !== 'uuid' && (kind === 'text' || kind === 'padded')) {
      const usual = widths[Math.floor((widths.length - 1) * MOST)] ?? 0;
      const wanted = Math.max(label_, Math.min(usual, LONGEST_TEXT)) + 2 * PADDING;
      return { kind, wanted, least: Math.min(wanted, USEFUL_TEXT), floor: Math.min(wanted, HARDLY_USEFUL_TEXT) };
    }
    const value = kind === 'number' ? Math.min(longest * ROOM_FOR_GROWTH, LONGEST_NUMBER) : longest;
    const wanted = Math.max(label_, value) + 2 * PADDING;
    return { kind, wanted, least: wanted, floor: type === 'uuid' ? HARDLY_USEFUL_TEXT : wanted };
  });
}

/** Characters of a text that are measured: those after them would be cut. */
const MEASURED = 300;
/** A label may take two lines: its longest word must fit, up to this. */
const LONGEST_LABEL = 12_000;

function labelWidth(label: string, heading: Faces): number {
  const whole = measureText(heading, label);
  const word = Math.max(...label.split(' ').map((part) => measureText(heading, part)));
  return Math.min(LONGEST_LABEL, Math.max(word, whole / 2));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Width of each column in tenths of a point, which fill the room; null when the size is too large for it. */
export function fitColumns(needs: readonly ColumnNeed[], size: number, room: number): number[] | null {
  const at = (thousandths: number): number => Math.max(LEAST_COLUMN, Math.ceil((thousandths * size) / 1000));
  const wanted = needs.map((need) => at(need.wanted));
  const least = needs.map((need) => at(need.least));
  const isLast = size <= SIZES.least;
  const mustFit = size > SIZES.comfortable ? wanted : least;
  if (sum(mustFit) > room && !isLast) return null;
  // Texts make the best use of what is left over.
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

/** Gives the rest of the room to the columns by these shares, to the last tenth. */
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
