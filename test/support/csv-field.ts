import type { CsvOptions } from '../../shared/formats/csv/options.js';

/** COPY's rule: quote what holds the delimiter, a quote or a line end; the empty text is quoted to differ from null. */
export function csvField(
  text: string,
  { delimiter = ',', null_text: nullText = '', quoting = 'minimal' }: Partial<CsvOptions> = {},
): string {
  const isPlain = text !== nullText && quoting === 'minimal' && !text.includes(delimiter) && !/["\r\n]/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
