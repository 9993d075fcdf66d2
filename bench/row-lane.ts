import { fileURLToPath } from 'node:url';
import { csv } from '../shared/formats/csv.js';
import { orders } from '../shared/datasets/orders.js';
import { exportRequest } from './requests.js';

/** For `DATASETS_MODULE`. */
export const COMPUTED_ORDERS = fileURLToPath(new URL('computed-orders.mjs', import.meta.url));

/** Without a heading, in which the computed column has a name of its own. */
const request = (columns: readonly string[]) => ({
  ...exportRequest(csv.name, { escape_formulas: false, header: false }),
  columns,
});

const PLAIN = Object.keys(orders.columns);
/** By the text lane: the database's columns only. */
export const plainColumns = request(PLAIN);
/** By the row lane: one of them comes out of JavaScript. */
export const computedColumns = request(PLAIN.map((name) => (name === 'note' ? 'computed_note' : name)));
