import { minuteIn } from '../../text/minute-in.js';
import { oneLine } from '../../text/one-line.js';
import type { BareOutline } from '../encoding.js';
import { pdfSettings } from './options.js';

/** The text on each page that describes the report. */

export const titleOf = ({ title, options }: BareOutline, branding: string | undefined): string =>
  oneLine(pdfSettings(options).title ?? branding ?? title);

const timezoneOf = ({ options }: Pick<BareOutline, 'options'>): string => pdfSettings(options).timezone;

/**
 * The lines below the title.
 * @param which the filters and the order of the rows, in words
 */
export function notesOf({ title }: BareOutline, which: readonly string[], shownTitle: string): string[] {
  const what = oneLine(which.join(' · '));
  return [title === shownTitle ? what : `${oneLine(title)} · ${what}`];
}

/** The last of these lines: who requested the report, when, and the number of rows. */
export function provenance(outline: BareOutline, rows: number): string {
  const { email, userId, plannedAt } = outline.about;
  const zone = timezoneOf(outline);
  const count = rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`;
  return `${count} · exported ${minuteIn(zone, plannedAt)} (${zone}) for ${email ?? userId}`;
}
