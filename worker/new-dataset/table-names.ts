import type { TableName } from '../../shared/source/read-catalog.js';

const PART = '"(?:[^"]|"")+"|[^".]+';
const QUALIFIED = new RegExp(`^(?:(${PART})\\.)?(${PART})$`);

/** Folds a name as SQL does: quoted names stay as they are, others become lower case. */
const folded = (part: string): string =>
  part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase();

/**
 * Possible meanings of a name such as `Shop.Orders`, likeliest first: the table with exactly that name, the schema and
 * table with exactly these names, then SQL's own interpretation.
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
