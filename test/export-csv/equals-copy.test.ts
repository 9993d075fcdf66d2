import assert from 'node:assert/strict';
import { CONTOSO, NORTHWIND, TENANTS } from '../../dev/sample-data/tenants.js';
import { orders } from '../../shared/datasets/orders.js';
import type { Tuning } from '../../shared/temporal/inputs.js';
import { queryRows } from '../support/database.js';
import { DEEP, deeply } from '../support/depth.js';
import { leftovers } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { itTogether } from '../support/together.js';
import { assertEqualsCopy, segmentKinds, type ComparedRequest } from './compare.js';

const ALL = Object.keys(orders.columns).join(', ');
const BERLIN = 'Europe/Berlin';

interface Case {
  readonly what: string;
  readonly body: ComparedRequest;
  /** The selected columns, and the condition besides the tenant's. */
  readonly columns?: string;
  readonly where?: string;
  readonly timezone?: string;
  /** Number of rows that the test needs to make sense. */
  readonly rows?: number;
}

const berlinDays = (from: string, to: string): string =>
  `placed_at >= timestamptz '${from} 00:00 ${BERLIN}' AND placed_at < timestamptz '${to} 00:00 ${BERLIN}'`;

const CASES: readonly Case[] = [
  { what: 'all columns', body: {} },
  {
    what: 'some columns, in another order than in the table',
    body: { columns: ['note', 'id', 'total', 'customer_name'] },
    columns: 'note, id, total, customer_name',
  },
  { what: 'one column, often empty', body: { columns: ['note'] }, columns: 'note' },
  {
    what: 'a quarter in UTC',
    body: { filters: { date_range: ['2026-01-01', '2026-04-01'] } },
    where: `placed_at >= '2026-01-01 00:00+00' AND placed_at < '2026-04-01 00:00+00'`,
  },
  {
    what: 'the day of 23 hours on which summer time begins',
    body: { filters: { date_range: ['2027-03-28', '2027-03-29'] }, options: { timezone: BERLIN } },
    where: berlinDays('2027-03-28', '2027-03-29'),
    timezone: BERLIN,
    rows: 23 * 6,
  },
  {
    what: 'the day of 25 hours on which summer time ends',
    body: { filters: { date_range: ['2027-10-31', '2027-11-01'] }, options: { timezone: BERLIN } },
    where: berlinDays('2027-10-31', '2027-11-01'),
    timezone: BERLIN,
    rows: 25 * 6,
  },
  {
    what: 'days of which the last one is included',
    body: { filters: { date_range: { from: '2027-10-31', to: '2027-10-31' } }, options: { timezone: BERLIN } },
    where: berlinDays('2027-10-31', '2027-11-01'),
    timezone: BERLIN,
    rows: 25 * 6,
  },
  {
    what: 'times with and without an offset',
    body: {
      filters: { date_range: ['2027-03-28T01:30:00', '2027-03-28T04:00:00.5+02:00'] },
      options: { timezone: BERLIN },
    },
    where: `placed_at >= '2027-03-28 00:30+00' AND placed_at < '2027-03-28 02:00:00.5+00'`,
    timezone: BERLIN,
    rows: 10,
  },
  {
    what: 'a timezone with a half-hour offset',
    body: { options: { timezone: 'Asia/Kolkata' } },
    timezone: 'Asia/Kolkata',
  },
  {
    what: 'one of several values',
    body: { filters: { status: ['refunded', 'pending'] } },
    where: `status IN ('pending', 'refunded')`,
  },
  {
    what: 'a half-open range',
    body: { filters: { total: { gte: '-20.5', lt: 100 } } },
    where: 'total >= -20.5 AND total < 100',
  },
  { what: 'a range with only one bound', body: { filters: { total: { gt: 1999.99 } } }, where: 'total > 1999.99' },
  { what: 'equal text', body: { filters: { currency: 'EUR' } }, where: `currency = 'EUR'` },
  { what: 'an equal number, sent as text', body: { filters: { customer_id: '1' } }, where: 'customer_id = 1' },
  {
    what: 'everything at once',
    body: {
      columns: ['placed_at', 'status', 'id'],
      filters: { status: ['paid'], total: { lte: 500 }, currency: 'EUR', date_range: ['2024-01-01', '2026-11-01'] },
      options: { timezone: BERLIN },
    },
    columns: 'placed_at, status, id',
    where: `status = 'paid' AND total <= 500 AND currency = 'EUR' AND ${berlinDays('2024-01-01', '2026-11-01')}`,
    timezone: BERLIN,
  },
  { what: 'no row', body: { filters: { date_range: ['2031-01-01', '2032-01-01'] } }, where: 'false', rows: 0 },
  { what: 'one row', body: { filters: { total: { gte: '9999999999.99' } } }, where: 'total = 9999999999.99', rows: 1 },
];

/** Cases repeated with many segments; the single-segment cases cover every kind of filter. */
const IN_MANY = ['all columns', 'some columns, in another order than in the table', 'everything at once', 'no row'];

const only = (...whats: string[]): readonly Case[] => CASES.filter(({ what }) => whats.includes(what));
const SIZES: readonly (readonly [string, Partial<Tuning>, readonly Case[]])[] = [
  ['one segment', {}, DEEP ? CASES : only('days of which the last one is included', 'everything at once', 'no row')],
  ['many segments', { segmentBytes: 60_000 }, DEEP ? only(...IN_MANY) : only('all columns')],
];

for (const [size, tuning, cases] of SIZES) {
  describe(`a CSV of ${size}, without escaping, equals what PostgreSQL copies, byte for byte:`, () => {
    let service: TestService;

    before(async () => {
      service = await startService({ tuning });
      await service.startWorker();
      // One order every ten minutes around both daylight-saving changes.
      await queryRows(
        service.databaseUrl,
        `UPDATE orders SET tenant_id = $1, placed_at = CASE WHEN id <= 800 THEN timestamptz '2027-03-27 12:00+00'
           ELSE timestamptz '2027-10-30 12:00+00' END + (id % 400) * interval '10 min' WHERE id BETWEEN 401 AND 1199`,
        [NORTHWIND.id],
      );
    });
    after(() => service.close());

    itTogether(cases, {
      title: ({ what }) => what,
      work: async ({ what, body, columns = ALL, where = 'true', timezone = 'UTC', rows }) => {
        const select = `SELECT ${columns} FROM orders WHERE tenant_id = '${NORTHWIND.id}' AND ${where} ORDER BY id`;
        const file = await assertEqualsCopy(service, someUser(), body, { select, timezone });
        if (rows !== undefined) assert.equal(file.rows, rows);
        else assert.ok(file.rows > 10, `${file.rows} rows`);
        if (what === 'all columns') {
          assert.equal((await segmentKinds(service, file.jobId)).length > 3, size === 'many segments');
        }
      },
    });

    const test = size === 'many segments' ? it : deeply;
    test('the rows of each tenant, and no others', async () => {
      const owners = new Map<string, string>();
      for (const { id: tenantId, users } of TENANTS) {
        const select = `SELECT ${ALL} FROM orders WHERE tenant_id = '${tenantId}' ORDER BY id`;
        const user = { tenantId, userId: users[0].id };
        const { bytes } = await assertEqualsCopy(service, user, {}, { select });
        for (const [, tenant = ''] of bytes.toString().matchAll(/^\d+,([0-9a-f-]{36}),/gm))
          owners.set(tenant, tenantId);
      }
      assert.deepEqual(
        [...owners],
        TENANTS.map(({ id }) => [id, id]),
      );
    });

    it('leaves nothing behind', async () => {
      assert.deepEqual(await leftovers(service), []);
    });
  });
}

describe('a CSV of several parts, without escaping,', () => {
  let service: TestService;

  before(async () => {
    service = await startService({ orders: 120_000, singleTenant: true, tuning: { segmentBytes: 9 * 1024 * 1024 } });
    await service.startWorker();
  });
  after(() => service.close());

  it('equals what PostgreSQL copies, byte for byte', async () => {
    const select = `SELECT ${ALL} FROM orders WHERE tenant_id = '${NORTHWIND.id}' ORDER BY id`;
    const file = await assertEqualsCopy(service, someUser(), {}, { select });
    assert.equal(file.rows, 120_000);
    const kinds = await segmentKinds(service, file.jobId);
    assert.ok(kinds.filter((kind) => kind === 'parts').length >= 2, kinds.join(', '));
  });

  deeply('is only a header for a tenant without rows', async () => {
    const select = `SELECT ${ALL} FROM orders WHERE tenant_id = '${CONTOSO.id}' ORDER BY id`;
    const file = await assertEqualsCopy(service, { ...someUser(), tenantId: CONTOSO.id }, {}, { select });
    assert.equal(file.bytes.toString(), `${ALL.replaceAll(' ', '')}\n`);
  });
});
