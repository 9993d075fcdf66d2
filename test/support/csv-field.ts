import type { CsvOptions } from '../../shared/formats/csv/options.js';

/**
 * COPY's rule: quote text that contains the delimiter, a quote or a line end, and empty text, to tell it apart from
 * null.
 */
export function csvField(
  text: string,
  { delimiter = ',', null_text: nullText = '', quoting = 'minimal' }: Partial<CsvOptions> = {},
): string {
  const isPlain = text !== nullText && quoting === 'minimal' && !text.includes(delimiter) && !/["\r\n]/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
