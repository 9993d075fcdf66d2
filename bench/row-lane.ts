import { fileURLToPath } from 'node:url';
import { csv } from '../shared/formats/csv/csv.js';
import { json } from '../shared/formats/json/json.js';
import { orders } from '../shared/datasets/orders.js';
import { exportRequest } from './requests.js';

/** Value for `DATASETS_MODULE`. */
export const COMPUTED_ORDERS = fileURLToPath(new URL('computed-orders.mjs', import.meta.url));

/** Columns for the text lane: all from the database. */
export const PLAIN_COLUMNS = Object.keys(orders.columns);
/** Columns for the row lane: one is computed in JavaScript. */
export const COMPUTED_COLUMNS = PLAIN_COLUMNS.map((name) => (name === 'note' ? 'computed_note' : name));

/** Without a heading, because the computed column has its own name there. */
const csvRequest = exportRequest(csv.name, { escape_formulas: false, header: false });
export const plainCsvColumns = { ...csvRequest, columns: PLAIN_COLUMNS };
export const computedCsvColumns = { ...csvRequest, columns: COMPUTED_COLUMNS };

const jsonRequest = exportRequest(json.name, {});
export const plainJsonColumns = { ...jsonRequest, columns: PLAIN_COLUMNS };
export const computedJsonColumns = { ...jsonRequest, columns: COMPUTED_COLUMNS };
