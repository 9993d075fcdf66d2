import type { ColumnDefinition, Dataset, FilterDefinition } from '../../shared/datasets/define-dataset.js';
import type { Proposal } from './propose-dataset.js';

/** In single quotes where it has none of its own. */
function quoted(text: string): string {
  const json = JSON.stringify(text);
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}
const list = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));
/** A name in a comment must not end it; U+2028 and its neighbour are line ends to JavaScript, but not to JSON. */
const inComment = (name: string): string =>
  /^[\p{L}\p{N}_ .-]+$/u.test(name) ? name : JSON.stringify(name).replace(/[\u2028\u2029]/g, ' ');

const columnLine = ([name, { type, label }]: readonly [string, ColumnDefinition]): string =>
  `      ${key(name)}: { type: ${quoted(type)}${label === undefined ? '' : `, label: ${quoted(label)}`} },`;

function filterLine([name, filter]: readonly [string, FilterDefinition]): string {
  const values = filter.kind === 'one_of' && filter.values !== undefined ? `, values: ${list(filter.values)}` : '';
  return `      ${key(name)}: { kind: ${quoted(filter.kind)}, column: ${quoted(filter.column)}${values} },`;
}

const placeOf = ({ schema, table }: Dataset): string => (schema === undefined ? table : `${schema}.${table}`);

/** A module for DATASETS_MODULE, in plain JavaScript that imports nothing. */
export function writeModule({ dataset, leftOut }: Proposal): string {
  const { name, title, schema, table, tenantColumn, columns, filters = {} } = dataset;
  return [
    `// From the catalogue entry of ${inComment(placeOf(dataset))}; change it as you like. docs/datasets.md lists all settings.`,
    'export default [',
    '  {',
    `    name: ${quoted(name)},`,
    `    title: ${quoted(title)},`,
    ...(schema === undefined ? [] : [`    schema: ${quoted(schema)},`]),
    `    table: ${quoted(table)},`,
    `    key: ${list(dataset.key)},`,
    `    tenantColumn: ${quoted(tenantColumn)},`,
    '    columns: {',
    ...Object.entries(columns).map(columnLine),
    ...leftOut.map((column) => `      // Skipped ${inComment(column.name)}: ${column.why}.`),
    '    },',
    '    filters: {',
    ...Object.entries(filters).map(filterLine),
    '    },',
    '  },',
    '];',
    '',
  ].join('\n');
}
