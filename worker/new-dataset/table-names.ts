import type { TableName } from '../../shared/source/read-table.js';

const PART = '"(?:[^"]|"")+"|[^".]+';
const QUALIFIED = new RegExp(`^(?:(${PART})\\.)?(${PART})$`);

/** As SQL has it: in double quotes as it stands, else in lower case. */
const folded = (part: string): string =>
  part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase();

/**
 * The tables that somebody may mean who writes `Shop.Orders`, the likeliest first: the table of just that name, the
 * schema and table of just these names, then what SQL would take it for.
 */
export function tableNames(written: string): TableName[] {
  const names: TableName[] = [['', written]];
  for (let dot = written.indexOf('.'); dot >= 0; dot = written.indexOf('.', dot + 1)) {
    if (dot > 0) names.push([written.slice(0, dot), written.slice(dot + 1)]);
  }
  const [, schema = '', table] = QUALIFIED.exec(written) ?? [];
  if (table !== undefined) names.push([folded(schema), folded(table)]);
  return names;
}
