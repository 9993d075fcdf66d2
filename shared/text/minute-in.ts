/** A time in this timezone, as `2026-01-31 13:45`. */
export function minuteIn(timeZone: string, iso: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  }).format(new Date(iso));
  return parts.replace(',', '');
}
