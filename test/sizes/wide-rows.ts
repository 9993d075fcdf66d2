import { defineDataset } from '../../shared/datasets/define-dataset.js';
import { queryRows } from '../support/database.js';

/** A worker process loads this module as DATASETS_MODULE. */
const wideRows = defineDataset({
  name: 'wide_rows',
  title: 'Wide rows',
  table: 'wide_rows',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'integer' }, payload: { type: 'text' } },
  computed: { start: { type: 'text', from: ['payload'], compute: ({ payload }) => payload?.slice(0, 4) ?? null } },
  filters: { id: { kind: 'range', column: 'id' } },
});
export default [wideRows];

/** Consecutive rows with payloads of this many bytes. */
export interface Stretch {
  readonly rows: number;
  readonly width: number;
}

/**
 * Fills the table with these stretches, one after the other, with ids from 1 without gaps. Payloads are hexadecimal
 * digits that differ between rows; only very long ones repeat, which keeps the table small.
 */
export async function fillWideRows(
  databaseUrl: string,
  tenantId: string,
  stretches: readonly Stretch[],
): Promise<void> {
  await queryRows(
    databaseUrl,
    'CREATE TABLE IF NOT EXISTS wide_rows (tenant_id uuid, id int, payload text, PRIMARY KEY (tenant_id, id))',
  );
  let last = 0;
  for (const { width, rows } of stretches) {
    const digests = `(SELECT string_agg(md5(i || ' ' || j), '') FROM generate_series(1, ${Math.ceil(width / 32)}) AS j)`;
    const payload = width > 1_000_000 ? `repeat(md5(i::text), ${width / 32})` : `left(${digests}, ${width})`;
    await queryRows(
      databaseUrl,
      `INSERT INTO wide_rows SELECT $1, i, ${payload} FROM generate_series($2::int, $3::int) AS i`,
      [tenantId, last + 1, last + rows],
    );
    last += rows;
  }
}
