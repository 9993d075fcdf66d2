import { NORTHWIND } from '../dev/sample-data/tenants.js';
import { orders } from '../shared/datasets/orders.js';
import { freezeQuery, segmentSql } from '../shared/datasets/query.js';
import { csv } from '../shared/formats/csv/csv.js';
import { csvEncoding } from '../shared/formats/csv/encoding.js';

/** The body of a `POST` for all columns and all rows of the tenant. */
export const exportRequest = (format: string, options: Readonly<Record<string, string | boolean>>) => ({
  type: orders.name,
  format,
  options,
});

/** The same bytes that psql writes. */
export const plainCsv = exportRequest(csv.name, { escape_formulas: false });
/** What clients get by default. */
export const escapedCsv = exportRequest(csv.name, { escape_formulas: true });

/** One statement for the same rows, as somebody without the service would write it. @param sort as in a request */
export function wholeSelect(sort?: string): string {
  const columns = Object.keys(orders.columns);
  const options = { escape_formulas: false, timezone: 'UTC' };
  const request = {
    type: orders.name,
    format: csv.name,
    columns,
    filters: {},
    options,
    notify: {},
    ...(sort === undefined ? {} : { sort }),
  };
  return segmentSql(
    freezeQuery(orders, request, [`tenant_id = '${NORTHWIND.id}'`], csvEncoding.renderColumn(options)),
    null,
    null,
  );
}

/** The same rows, each as one JSON object. */
export const wholeSelectOfJson = (): string => `select row_to_json(item) from (${wholeSelect()}) as item`;
