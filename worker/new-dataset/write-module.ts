import type { ColumnDefinition, Dataset, FilterDefinition } from '../../shared/datasets/define-dataset.js';
import type { Proposal } from './propose-dataset.js';

/** Single quotes, unless the text contains one. */
function quoted(text: string): string {
  const json = JSON.stringify(text);
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}
const list = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));
/** Keeps a name from ending the comment; U+2028 and U+2029 are line ends in JavaScript, but not in JSON. */
const inComment = (name: string): string =>
  /^[\p{L}\p{N}_ .-]+$/u.test(name) ? name : JSON.stringify(name).replace(/[\u2028\u2029]/g, ' ');

function columnLine([name, { type, label, precision, scale }]: readonly [string, ColumnDefinition]): string {
  const settings = [
    `type: ${quoted(type)}`,
    ...(label === undefined ? [] : [`label: ${quoted(label)}`]),
    ...(precision === undefined ? [] : [`precision: ${precision}`]),
    ...(scale === undefined ? [] : [`scale: ${scale}`]),
  ];
  return `      ${key(name)}: { ${settings.join(', ')} },`;
}

function filterLine([name, filter]: readonly [string, FilterDefinition]): string {
  const values = filter.kind === 'one_of' && filter.values !== undefined ? `, values: ${list(filter.values)}` : '';
  return `      ${key(name)}: { kind: ${quoted(filter.kind)}, column: ${quoted(filter.column)}${values} },`;
}

const tableOf = ({ schema, table }: Dataset): string => (schema === undefined ? table : `${schema}.${table}`);

/** Writes a module for DATASETS_MODULE, in plain JavaScript without imports. */
export function writeModule({ dataset, leftOut }: Proposal): string {
  const { name, title, schema, table, tenantColumn, userColumn, columns, filters = {}, sorts = [] } = dataset;
  return [
    `// Generated from the catalog entry of ${inComment(tableOf(dataset))}; edit it as you like. docs/datasets.md lists all settings.`,
    'export default [',
    '  {',
    `    name: ${quoted(name)},`,
    `    title: ${quoted(title)},`,
    ...(schema === undefined ? [] : [`    schema: ${quoted(schema)},`]),
    `    table: ${quoted(table)},`,
    `    key: ${list(dataset.key)},`,
    ...(tenantColumn === undefined ? [] : [`    tenantColumn: ${quoted(tenantColumn)},`]),
    ...(userColumn === undefined
      ? []
      : [
          '    // Account exports contain the rows with the user id of the token. Remove this if the column holds other ids.',
          `    userColumn: ${quoted(userColumn)},`,
        ]),
    '    columns: {',
    ...Object.entries(columns).map(columnLine),
    ...leftOut.map((column) => `      // Skipped ${inComment(column.name)}: ${column.why}.`),
    '    },',
    '    filters: {',
    ...Object.entries(filters).map(filterLine),
    '    },',
    `    sorts: ${list(sorts)},`,
    '  },',
    '];',
    '',
  ].join('\n');
}
