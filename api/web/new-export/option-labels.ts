import { label } from '../words.js';

type OptionValue = string | number | boolean;

/** Labels of options whose names don't read well; others are made from the name. */
const NAMES: Readonly<Record<string, string>> = {
  bom: 'Byte-order mark',
  newline: 'Line endings',
  null_text: 'Text for empty values',
  row_group_rows: 'Rows per row group',
  sheet_rows: 'Rows per sheet',
};

/** Labels of values, by option; others are shown as they are. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  compression: { none: 'None', fast: 'Fast', small: 'Small', snappy: 'Snappy', zstd: 'Zstandard' },
  date_format: { postgres: 'PostgreSQL', iso8601: 'ISO 8601', plain: 'Plain' },
  header: { true: 'Column names', false: 'None', labels: 'Labels' },
  newline: { lf: 'LF (Unix)', crlf: 'CRLF (Windows)' },
  orientation: { auto: 'Automatic', portrait: 'Portrait', landscape: 'Landscape' },
  page_size: { letter: 'Letter' },
  preset: { none: 'None', excel: 'Excel' },
  quoting: { minimal: 'Where needed', all: 'Everything' },
};

/** `date_format` → `Date format` */
export const optionLabel = (option: string): string => NAMES[option] ?? label(option);

export function valueLabel(option: string, value: OptionValue): string {
  const known = VALUES[option]?.[String(value)];
  if (known !== undefined) return known;
  return typeof value === 'boolean' ? (value ? 'Yes' : 'No') : String(value);
}
