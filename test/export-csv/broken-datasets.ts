import { checkDataset, type Dataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';

const { userColumn: _owner, sorts: _sorts, ...tenantsOnly } = orders;
export const brokenVariant = (name: string, change: Partial<Dataset>): Dataset =>
  checkDataset({ ...tenantsOnly, name, ...change });

export const BROKEN_DATASETS = [
  brokenVariant('tableless', { schema: 'shop', table: 'nothing' }),
  brokenVariant('keyless', { key: ['customer_id'] }),
  brokenVariant('parent', { table: 'parent', columns: { id: { type: 'bigint' } }, filters: {} }),
  brokenVariant('repeating', { table: 'repeating', key: ['color'], columns: { id: { type: 'bigint' } }, filters: {} }),
  brokenVariant('columnless', { columns: { ...orders.columns, color: { type: 'text' } } }),
  brokenVariant('gaps', {
    table: 'gaps',
    columns: { id: { type: 'bigint' }, note: { type: 'text' } },
    filters: {},
    sorts: ['note'],
  }),
  brokenVariant('nullable', { table: 'notes', columns: { id: { type: 'bigint' } }, filters: {} }),
  brokenVariant('dividing', {
    table: 'ratios',
    columns: { id: { type: 'bigint' }, ratio: { type: 'integer' } },
    filters: {},
  }),
  brokenVariant('overlong', {
    table: 'overlong',
    columns: { id: { type: 'bigint' }, note: { type: 'text' } },
    filters: {},
  }),
  brokenVariant('forbidden', { table: 'ledger', columns: { id: { type: 'bigint' } }, filters: {} }),
  brokenVariant('ghosts', {}),
  brokenVariant('rateless', {
    computed: { euros: { type: 'numeric', from: ['total'], compute: () => fail('no rate for XYZ') } },
  }),
  brokenVariant('forgetful', { computed: { euros: { type: 'numeric', from: [], compute: () => undefined } } }),
];
export const UNCOMPUTED = "The column euros couldn't be computed.";
function fail(why: string): never {
  throw new Error(why);
}
