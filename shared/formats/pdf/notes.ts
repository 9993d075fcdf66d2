import { oneLine } from '../../text/one-line.js';
import type { FileOutline } from '../encoding.js';
import { pdfSettings } from './options.js';

/** What a page says about itself. */

export const titleOf = ({ title, options }: FileOutline, branding: string | undefined): string =>
  oneLine(pdfSettings(options).title ?? branding ?? title);

const timezoneOf = ({ options }: Pick<FileOutline, 'options'>): string => pdfSettings(options).timezone;

/** `2026-01-31 13:45` there. */
export function minuteIn(timeZone: string, iso: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  }).format(new Date(iso));
  return parts.replace(',', '');
}

/** Which rows these are, for the lines below the title. @param filters in words */
export function notesOf({ title }: FileOutline, filters: readonly string[], shownTitle: string): string[] {
  const what = filters.length === 0 ? 'All rows' : oneLine(filters.join(' · '));
  return [title === shownTitle ? what : `${oneLine(title)} · ${what}`];
}

/** The last of these lines: who has asked for them, when, and how many they are. */
export function provenance(outline: FileOutline, rows: number): string {
  const { email, userId, plannedAt } = outline.about;
  const zone = timezoneOf(outline);
  const count = rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`;
  return `${count} · exported ${minuteIn(zone, plannedAt)} (${zone}) for ${email ?? userId}`;
}
