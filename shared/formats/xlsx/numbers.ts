/** A double holds any number with this many digits exactly. */
const EXACT_DIGITS = 15;
/** Limits of doubles with full precision; spreadsheets store 0 for smaller numbers. */
const LEAST = 2.3e-308;
const GREATEST = 1.7e308;

/** Whether a cell can hold a number, as PostgreSQL writes it, with all its digits. */
export function isExactNumber(text: string): boolean {
  const [, digits = ''] = /^-?([\d.]+)$/.exec(text) ?? [];
  if (digits === '') return false;
  const significant = digits.replace('.', '').replace(/^0+/, '');
  if (significant === '') return true;
  const size = Math.abs(Number(text));
  return significant.replace(/0+$/, '').length <= EXACT_DIGITS && size > LEAST && size < GREATEST;
}
