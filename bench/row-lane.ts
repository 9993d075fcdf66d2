import { fileURLToPath } from 'node:url';
import { csv } from '../shared/formats/csv/csv.js';
import { json } from '../shared/formats/json/json.js';
import { orders } from '../shared/datasets/orders.js';
import { exportRequest } from './requests.js';

/** For `DATASETS_MODULE`. */
export const COMPUTED_ORDERS = fileURLToPath(new URL('computed-orders.mjs', import.meta.url));

/** By the text lane: the database's columns only. */
export const PLAIN_COLUMNS = Object.keys(orders.columns);
/** By the row lane: one of them comes out of JavaScript. */
export const COMPUTED_COLUMNS = PLAIN_COLUMNS.map((name) => (name === 'note' ? 'computed_note' : name));

/** Without a heading, in which the computed column has a name of its own. */
const csvRequest = exportRequest(csv.name, { escape_formulas: false, header: false });
export const plainCsvColumns = { ...csvRequest, columns: PLAIN_COLUMNS };
export const computedCsvColumns = { ...csvRequest, columns: COMPUTED_COLUMNS };

const jsonRequest = exportRequest(json.name, {});
export const plainJsonColumns = { ...jsonRequest, columns: PLAIN_COLUMNS };
export const computedJsonColumns = { ...jsonRequest, columns: COMPUTED_COLUMNS };
