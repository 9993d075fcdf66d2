/** Digits of which a double holds each one, whatever they are. */
const EXACT_DIGITS = 15;
/** The least that is not stored with fewer digits than others, and nearly the greatest: a spreadsheet makes 0 of less. */
const LEAST = 2.3e-308;
const GREATEST = 1.7e308;

/** Whether a cell holds this number, as PostgreSQL writes one, with all its digits. */
export function isExactNumber(text: string): boolean {
  const [, digits = ''] = /^-?([\d.]+)$/.exec(text) ?? [];
  if (digits === '') return false;
  const significant = digits.replace('.', '').replace(/^0+/, '');
  if (significant === '') return true;
  const size = Math.abs(Number(text));
  return significant.replace(/0+$/, '').length <= EXACT_DIGITS && size > LEAST && size < GREATEST;
}
