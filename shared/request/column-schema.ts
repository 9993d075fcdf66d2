import { z } from 'zod';
import { columnHeader, columnName, type ColumnChoice } from '../contract.js';
import { isForEverybody } from '../datasets/column-rights.js';
import { columnNamed, columnNames, type Dataset } from '../datasets/define-dataset.js';
import { shownColumns } from '../datasets/shown-columns.js';
import type { Format } from '../formats/format.js';
import type { FormatOptions } from '../formats/format-options.js';
import { pascalCase } from '../text/pascal-case.js';
import type { FieldProblem } from './field-problems.js';
import { lineSchema } from './line-schema.js';

/** The columns of a request: which, in which order, and under which headers. */

/** UTF-16 units. */
const MAX_HEADER = 255;
/** The length of an identifier in PostgreSQL: https://www.postgresql.org/docs/18/limits.html */
const MAX_IDENTIFIER_BYTES = 63;

const headerSchema = lineSchema(MAX_HEADER).describe(
  'The header of the column in the file; in JSON and NDJSON its key, of at most 63 bytes',
);

/** The columns that a request may list; the description tells what they mean. */
export function columnsSchema(dataset: Dataset) {
  const names = columnNames(dataset);
  const name = z
    .enum(names, { error: `must be one of ${names.join(', ')}` })
    .meta({ id: `${pascalCase(dataset.name)}Column` });
  const choice = z.union([name, z.strictObject({ name, as: headerSchema })], {
    error: `must be one of ${names.join(', ')}`,
  });
  return z
    .array(choice, { error: 'must be a list of column names' })
    .min(1, 'must have at least one column')
    .max(names.length, `must have at most ${names.length} columns`)
    .refine((choices) => new Set(choices.map(columnName)).size === choices.length, 'must not list a column twice')
    .meta({ uniqueItems: true })
    .optional()
    .describe([USAGE, ...describeColumns(dataset)].join('\n'));
}

const USAGE =
  'In file order, each by its name or with a header. Default: all that are not hidden; PDF also leaves out columns of type uuid.';

/** A Markdown list of the columns that have a description, without those that only some callers may know. */
function describeColumns(dataset: Dataset): string[] {
  const items = columnNames(dataset).flatMap((name) => {
    const { description } = columnNamed(dataset, name);
    return description === undefined || !isForEverybody(dataset, name) ? [] : [`- \`${name}\`: ${description}`];
  });
  return items.length === 0 ? [] : ['', ...items];
}

/** Why the format rejects the columns: there are too many of them, or some headers can't be used in it. */
export function columnProblems(
  choices: readonly ColumnChoice[],
  dataset: Dataset,
  format: Format,
  options: FormatOptions,
): FieldProblem[] {
  const misfit = format.columnsProblem?.(shownColumns(dataset, choices), options) ?? null;
  return misfit === null
    ? headerProblems(choices, dataset, format, options)
    : [{ pointer: '/columns', detail: misfit }];
}

/** Headers that the format can't have, or that programs that read it couldn't tell apart. */
function headerProblems(
  choices: readonly ColumnChoice[],
  dataset: Dataset,
  format: Format,
  options: FormatOptions,
): FieldProblem[] {
  const row = format.headerRow?.(options) ?? null;
  const read = (header: string): string => format.readHeader?.(header, options) ?? header;
  const headers = shownColumns(dataset, choices).map(({ key, label }) => read(row === 'labels' ? label : key));
  return choices.flatMap((choice, index) => {
    const header = columnHeader(choice);
    if (header === undefined) return [];
    const refuse = (detail: string): FieldProblem[] => [{ pointer: `/columns/${index}/as`, detail }];
    if (format.headersInRows === true && Buffer.byteLength(header) > MAX_IDENTIFIER_BYTES) {
      return refuse(`must be at most ${MAX_IDENTIFIER_BYTES} bytes in ${format.name}`);
    }
    const isRepeated = row !== null && headers.indexOf(read(header)) !== headers.lastIndexOf(read(header));
    return isRepeated ? refuse('must not be the header of another column, too') : [];
  });
}
