/** Formats figures and times for people. */

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `999 bytes`, `27.0 MB`: decimal units, as object stores and browsers use. */
export function readableSize(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const value = (power: number): string => (bytes / 1000 ** power).toFixed(1);
  let power = 1;
  // Compare the rounded value: 999,960 bytes are 1.0 MB, not 1000.0 kB.
  while (power < UNITS.length - 1 && Number(value(power)) >= 1000) power += 1;
  return `${value(power)} ${UNITS[power] ?? ''}`;
}

export const readableCount = (count: number): string => count.toLocaleString('en');

/** `27 November 2026, 14:05 (Europe/Berlin)`. Seconds are cut off, so that a link never expires before the time shown. */
export function readableTime(time: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZone },
  });
  // Node versions differ in the separator between date and time.
  const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  return `${part.day ?? ''} ${part.month ?? ''} ${part.year ?? ''}, ${part.hour ?? ''}:${part.minute ?? ''} (${timeZone})`;
}
