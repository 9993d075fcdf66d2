import { defineDataset } from '../../../shared/datasets/index.js';
import { expectedColumn } from './expected.js';

export const events = defineDataset({
  name: 'events',
  title: 'Events',
  table: 'events',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    owner: { type: 'uuid' },
    kind: { type: 'text' },
    note: { type: 'text' },
    amount: { type: 'numeric' },
    balance: { type: 'numeric' },
    ratio: { type: 'double precision' },
    flag: { type: 'boolean' },
    day: { type: 'date' },
    at: { type: 'timestamptz' },
    nothing: { type: 'integer' },
    document: { type: 'jsonb' },
  },
  filters: { id: { kind: 'range', column: 'id' } },
  sorts: ['at'],
});
export const EVENT_COLUMNS = Object.entries(events.columns).map(([name, { type }]) =>
  expectedColumn(name, type, type === 'numeric'),
);

/** SQL that creates the table of `events`, with values in many orders and with long runs of nulls. */
export const createEvents = (tenantId: string, rows: number): string => `
  CREATE TABLE events (id bigint PRIMARY KEY, tenant_id uuid NOT NULL, owner uuid, kind text, note text, amount numeric(12, 2),
    balance numeric(38, 10), ratio float8, flag boolean, day date, at timestamptz NOT NULL, nothing integer, document jsonb);
  CREATE INDEX ON events (tenant_id, at, id);
  INSERT INTO events SELECT i * 7 - 5000, '${tenantId}', CASE WHEN h % 5 > 0 THEN md5((h % 40)::text)::uuid END,
    (ARRAY['opened', 'closed', NULL, 'with ''quotes'' and 山'])[1 + h % 4],
    CASE h % 6 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN repeat('long text ', h % 50) || '🙂' ELSE md5(i::text) END,
    CASE h % 9 WHEN 0 THEN NULL WHEN 1 THEN 9999999999.99 WHEN 2 THEN -9999999999.99 ELSE (h % 100000 - 50000) * 0.01 END,
    CASE h % 9 WHEN 0 THEN NULL WHEN 1 THEN 9999999999999999999999999999.9999999999 WHEN 2 THEN -0.0000000001 ELSE h * -123456789.123456789 END,
    CASE h % 8 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity' WHEN 3 THEN '-0' ELSE h / 7.0 END,
    CASE WHEN i > 1000 THEN h % 2 = 0 END, date '2000-01-01' + (h % 40000 - 20000), timestamptz '2026-01-01' + i * interval '1 hour 0.123457 seconds',
    NULL, CASE WHEN h % 3 > 0 THEN jsonb_build_object('i', i, 'name', 'Łukasz "x"') END
  FROM (SELECT i, abs(hashint8(i)) / 2 AS h FROM generate_series(1, ${rows}) AS i) AS numbers`;
