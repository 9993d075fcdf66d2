import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openLane } from '../../activities/file/lanes.js';
import type { Principal } from '../../api/deps.js';
import { restrictDataset } from '../../shared/datasets/column-rights.js';
import { shownColumns } from '../../shared/datasets/shown-columns.js';
import { datasetNamed } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { messageOf, sentenceOf, type ErrorCode } from '../../shared/errors.js';
import { loadFormat } from '../../shared/formats/load-format.js';
import { permittedRequest } from '../../shared/request/permitted-request.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { requestOfRun } from '../../shared/schedules/scheduled-request.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { operatorsReason } from '../support/failures.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { assertDocumented } from './error-docs.js';
import { BROKEN_DATASETS, UNCOMPUTED, brokenVariant } from './broken-datasets.js';

/**
 * Asserts that the export fails with this code. Operators see the reason, which docs/errors.md must document; the
 * user sees the code's fixed sentence, or the reason if the code has none.
 */
async function assertFails(
  service: TestService,
  code: ErrorCode,
  reason: RegExp,
  body: object,
  forUser = sentenceOf(code),
): Promise<void> {
  const me: Principal = someUser();
  const jobId = await postExport(service, me, body);
  const { error_code, error_message } = await untilEnded(service, me, jobId, 'FAILED');
  assert.equal(error_code, code, error_message ?? '');
  const operators = await operatorsReason(service, jobId);
  assert.match(operators, reason);
  assertDocumented(operators);
  assert.equal(error_message, forUser ?? operators);
}

/** Dataset definitions that don't match the database, limits, and a missing bucket. */
async function definitionsAndLimits(): Promise<void> {
  const service = await startService({
    datasets: [orders, ...BROKEN_DATASETS],
    tuning: { maxRows: 1000, maxBytes: 10_000 },
    env: { EXPORT_BUCKET: 'no-such-bucket' },
  });
  try {
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE notes (id bigint UNIQUE, tenant_id uuid);
       INSERT INTO notes SELECT nullif(i, 3), '${someUser().tenantId}' FROM generate_series(1, 5) AS i;
       CREATE TABLE parent (id bigint PRIMARY KEY, tenant_id uuid);
       CREATE TABLE child () INHERITS (parent);
       CREATE VIEW repeating AS SELECT id, tenant_id, id % 7 AS color FROM orders;
       CREATE VIEW gaps AS SELECT id, tenant_id, note FROM orders;
       CREATE VIEW ledger AS SELECT id, tenant_id FROM orders;
       ALTER VIEW ledger OWNER TO pg_monitor;
       CREATE VIEW ratios AS SELECT id, tenant_id, 1 / (quantity - quantity) AS ratio FROM orders;
       CREATE VIEW overlong AS SELECT id, tenant_id, repeat(email, 1000000000) AS note FROM orders`,
    );
    const { registry, source } = service.deps;
    const rateless = datasetNamed(registry, 'rateless');
    const work = { format: await loadFormat('CSV'), columns: shownColumns(rateless, ['euros']), options: {} };
    assert.throws(
      () => openLane(source, () => ({ ...rateless, columns: {} }), work, { inputs: ['total'] }),
      (error) => assertDocumented(messageOf(error)) !== '',
    );
    const gone = { type: 'orders', format: 'csv', columns: ['gone'] };
    const schema = createRequestSchema(registry);
    // A run of a schedule that names no columns.
    const hidden = brokenVariant('hidden', {
      key: ['id'],
      columns: { email: { type: 'text', permission: 'false' } },
      filters: {},
    });
    const restricted = new Map([['hidden', restrictDataset(hidden, new Set())]]);
    const bare = {
      type: 'hidden',
      format: 'CSV',
      columns: [],
      filters: {},
      options: {},
      namesNoColumns: true,
    } as const;
    assert.throws(
      () => permittedRequest(bare, restricted),
      (error) => assertDocumented(messageOf(error)) !== '',
    );
    assert.throws(
      () =>
        requestOfRun(
          gone,
          { at: new Date(), timezone: 'UTC', email: undefined, recipientRule: 'token' },
          schema,
          registry,
        ),
      (error) => assertDocumented(messageOf(error)) !== '',
    );
    // As if the worker had been started with a different DATASETS_MODULE than the API.
    if (registry instanceof Map) registry.delete('ghosts');
    await service.startWorker();
    const few = { filters: { total: { gte: '9999999999' } } };
    await Promise.all([
      assertFails(service, 'DATASET_UNAVAILABLE', /no table or view shop\.nothing/, { type: 'tableless' }),
      assertFails(service, 'KEY_NOT_UNIQUE', /no unique index on \(customer_id\)/, { type: 'keyless' }),
      assertFails(service, 'KEY_NOT_UNIQUE', /table parent has no unique index on \(id\)/, { type: 'parent' }),
      ...['csv', 'xlsx', 'pdf'].map((format) =>
        assertFails(service, 'KEY_NOT_UNIQUE', /^Dataset repeating: two rows have the same key \(color\)\.$/, {
          type: 'repeating',
          format,
        }),
      ),
      assertFails(service, 'DATASET_UNAVAILABLE', /orders has no column color/, { type: 'columnless' }),
      assertFails(service, 'KEY_NOT_UNIQUE', /^Dataset nullable: a row has a null in its key \(id\)/, {
        type: 'nullable',
      }),
      assertFails(
        service,
        'KEY_NOT_UNIQUE',
        /^Dataset gaps: a row has a null in the column that it is sorted by, or in its key \(id\)\.$/,
        { type: 'gaps', sort: '-note' },
      ),
      assertFails(service, 'DATASET_UNAVAILABLE', /division by zero/, { type: 'dividing' }),
      assertFails(service, 'DATASET_UNAVAILABLE', /length too large/, { type: 'overlong' }),
      assertFails(service, 'DATASET_UNAVAILABLE', /has no dataset ghosts/, { type: 'ghosts' }),
      assertFails(service, 'COMPUTE_FAILED', /no rate for XYZ/, { type: 'rateless' }, UNCOMPUTED),
      assertFails(service, 'COMPUTE_FAILED', /compute returned undefined/, { type: 'forgetful' }, UNCOMPUTED),
      assertFails(service, 'SOURCE_FORBIDDEN', /permission denied for table orders/, { type: 'forbidden' }),
      assertFails(service, 'TOO_MANY_ROWS', /at most 1000 are allowed/, {}),
      assertFails(service, 'TOO_MANY_ROWS', /too many for 500 sheets of at most 1/, {
        format: 'xlsx',
        options: { sheet_rows: 1 },
      }),
      assertFails(service, 'FILE_TOO_LARGE', /at most 10000 are allowed/, { filters: { currency: 'EUR' } }),
      assertFails(service, 'STORAGE_UNAVAILABLE', /no-such-bucket/, { ...few, columns: ['id'] }),
    ]);
  } finally {
    await service.close();
  }
}

/** A header makes a file longer than its rows. */
async function headerTooMuch(): Promise<void> {
  const service = await startService({ orders: 100, tuning: { maxBytes: 4 } });
  try {
    await service.startWorker();
    const one = { columns: ['id'], filters: { total: { gte: '9999999999' } } };
    await assertFails(service, 'FILE_TOO_LARGE', /larger than the limit of 4 bytes/, one);
  } finally {
    await service.close();
  }
}

/** A source database with an unsupported encoding, then missing, then fine, but with the storage down. */
async function otherServers(): Promise<void> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = stack().env.DATABASE_URL;
  const url = new URL(admin);
  url.pathname = `/${name}`;
  const create = async (encoding: string): Promise<void> => {
    const locale = "LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0";
    await queryRows(admin, `CREATE DATABASE ${name} ENCODING '${encoding}' ${locale}`);
    await queryRows(url.href, 'CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id uuid)');
  };
  const drop = () => queryRows(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  const env = { SOURCE_DATABASE_URL: url.href, S3_ENDPOINT: 'http://127.0.0.1:9' };
  const datasets = [brokenVariant('orders', { columns: { id: { type: 'bigint' } }, filters: {} })];
  const service = await startService({ orders: 100, datasets, env });
  try {
    await create('LATIN1');
    await service.startWorker();
    await assertFails(service, 'DATASET_UNAVAILABLE', /encoded in LATIN1/, {});
    await drop();
    await assertFails(service, 'SOURCE_UNAVAILABLE', /does not exist/, {});
    await create('UTF8');
    await assertFails(service, 'STORAGE_UNAVAILABLE', /is not responding as expected: .*ECONNREFUSED/, {});
  } finally {
    await service.close();
    await drop();
  }
}

/** A user's permission is revoked after the request and before the export starts, while another export blocks it. */
async function permissionWithdrawn(): Promise<void> {
  const permission = 'EXISTS (SELECT FROM permits)';
  const staff = brokenVariant('staff', { title: 'Our staff', permission });
  const id = { type: 'bigint' } as const;
  const columns = { id, email: { type: 'text', permission }, total: { type: 'numeric', permission } } as const;
  const salaries = brokenVariant('salaries', { columns, filters: {} });
  const datasets = [orders, staff, salaries];
  const service = await startService({ orders: 100, datasets, dataSlots: 1 });
  const blocker = new pg.Client({ connectionString: service.databaseUrl });
  await blocker.connect();
  try {
    await queryRows(service.databaseUrl, 'CREATE TABLE permits AS SELECT 1');
    await service.startWorker();
    await blocker.query('BEGIN; LOCK TABLE orders');
    await postExport(service, someUser());
    const failing = Promise.all([
      assertFails(service, 'NOT_PERMITTED', /^This user isn't allowed to export Our staff\.$/, { type: 'staff' }),
      assertFails(service, 'NOT_PERMITTED', /to export email \(\/columns\/1\)\.$/, {
        type: 'salaries',
        columns: ['id', 'email'],
      }),
    ]);
    await until('the other exports', async () => {
      const rows = await queryRows(service.databaseUrl, `SELECT FROM export_jobs WHERE type <> 'orders'`);
      return rows.length === 2;
    });
    await queryRows(service.databaseUrl, 'TRUNCATE permits');
    await blocker.query('COMMIT');
    await failing;
  } finally {
    await blocker.end();
    await service.close();
  }
}

/** Exports that fail for every reason that an operator can fix; every message must be documented. */
export async function assertJobsFail(): Promise<void> {
  await Promise.all([definitionsAndLimits(), headerTooMuch(), otherServers(), permissionWithdrawn()]);
}
