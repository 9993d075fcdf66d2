/**
 * First characters that make a spreadsheet run a cell: = + - @, tab, CR, LF, and the full-width forms of the first
 * four (OWASP, CSV Injection). As code points, for PostgreSQL's `ascii()`.
 */
export const FORMULA_STARTS = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d, 0x0a, 0xff1d, 0xff0b, 0xff0d, 0xff20];

/** Whether a spreadsheet could run this text. */
export const isFormula = (text: string): boolean => FORMULA_STARTS.includes(text.charCodeAt(0));
