import { defineDataset, type ColumnType } from '../../shared/datasets/define-dataset.js';
import { queryRows } from '../support/database.js';

/** A worker process loads this module as DATASETS_MODULE. */

const COLUMNS = 300;

/** Of the row `i` and the column `k`. */
type MakeValue = (k: number) => string;

/** Types in turn, with values that compress badly, as most do, or well. */
const KINDS: readonly (readonly [ColumnType, string, MakeValue])[] = [
  ['bigint', 'bigint', (k) => `i * 7919 * ${k} % 1000000007`],
  ['integer', 'integer', (k) => `i * ${k} % 100000`],
  ['text', 'text', (k) => `md5((i * ${k})::text)`],
  ['numeric', 'numeric(12, 2)', (k) => `i * ${k} % 10000000 * 0.01`],
  ['timestamptz', 'timestamptz', (k) => `to_timestamp(1767225600 + i * ${k} % 31536000)`],
  ['boolean', 'boolean', (k) => `(i + ${k}) % 3 = 0`],
  ['uuid', 'uuid', (k) => `md5((i * ${k})::text)`],
  ['double precision', 'float8', (k) => `i * ${k} / 7.0::float8`],
  ['date', 'date', (k) => `date '2000-01-01' + (i * ${k} % 9000)::int`],
  ['text', 'text', (k) => `(ARRAY['open', 'paid', NULL, 'shipped'])[1 + (i + ${k}) % 4]`],
];
const kindOf = (k: number) => KINDS[k % KINDS.length] ?? KINDS[0];
const NAMES = Array.from({ length: COLUMNS - 1 }, (_, index) => `c${index + 1}`);

const wideColumns = defineDataset({
  name: 'wide_columns',
  title: 'Many columns',
  table: 'wide_columns',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    ...Object.fromEntries(NAMES.map((name, index) => [name, { type: kindOf(index + 1)?.[0] ?? 'text' }])),
  },
});
export default [wideColumns];

/** Creates a view, which computes the values from the ids: the table would have gigabytes. */
export async function createWideColumns(databaseUrl: string, tenantId: string, rows: number): Promise<void> {
  const items = NAMES.map((name, index) => {
    const [, sqlType = 'text', make = () => 'NULL'] = kindOf(index + 1) ?? [];
    return `(${make(index + 1)})::${sqlType} AS ${name}`;
  });
  await queryRows(
    databaseUrl,
    `CREATE TABLE wide_ids (i bigint PRIMARY KEY, tenant_id uuid NOT NULL);
     INSERT INTO wide_ids SELECT i, '${tenantId}' FROM generate_series(1, ${rows}) AS i;
     CREATE VIEW wide_columns AS SELECT i AS id, tenant_id, ${items.join(', ')} FROM wide_ids`,
  );
  await queryRows(databaseUrl, 'VACUUM ANALYZE wide_ids');
}
