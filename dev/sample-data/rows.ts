import { AWKWARD_ORDERS } from './awkward-orders.js';
import type { Table } from './tables.js';
import { NORTHWIND, TENANTS } from './tenants.js';

/**
 * Generates the rows in SQL, inside the server. Every value is computed from the row's number and a hash of it: the
 * same parameters always give the same rows, in key order, and any range can be generated separately.
 */

export interface SampleSize {
  /** Rows in `orders`. There are as many transactions, and a twentieth as many customers. */
  readonly orders: number;
  /** All rows belong to the first tenant. */
  readonly singleTenant: boolean;
}

/** How many rows a table has. */
export function rowCount(table: Table, { orders }: SampleSize): number {
  return table === 'customers' ? Math.max(1, Math.ceil(orders / 20)) : orders;
}

/** An `INSERT` of rows `from` to `to`, inclusive. */
export function insertRows(table: Table, size: SampleSize, from: number, to: number): string {
  // Hashes have 63 bits; each use takes different bits.
  const series = (seed: number): string =>
    `(SELECT i, hashint8extended(i, ${seed}) & 9223372036854775807 AS h FROM generate_series(${from}::bigint, ${to}::bigint) AS i) AS r`;
  switch (table) {
    case 'customers':
      return `INSERT INTO customers SELECT ${customer(size)} FROM ${series(1)}`;
    case 'orders':
      return `INSERT INTO orders SELECT ${order(size)} FROM ${series(2)} WHERE i > ${AWKWARD_ORDERS.length}`;
    case 'transactions':
      return `INSERT INTO transactions SELECT ${transaction(size)} FROM ${series(3)}`;
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const pick = (values: readonly string[], index: string, type = 'text'): string =>
  `(ARRAY[${values.map(quote).join(',')}]::${type}[])[1 + (${index}) % ${values.length}]`;

const GIVEN = [
  'Ana',
  'Björn',
  'Chloé',
  'Dmitri',
  'Eun-ji',
  'Fátima',
  'George',
  'Hana',
  'İpek',
  'João',
  'Karin',
  'Łukasz',
];
const FAMILY = [
  'Pérez',
  'Öberg',
  "O'Brien",
  'Иванов',
  'Kim',
  'al-Sayed',
  'Smith',
  '山田',
  'Yılmaz',
  'Gonçalves',
  'Nowak',
];
const MAILBOXES = [
  'ana',
  'bjorn',
  'chloe',
  'dmitri',
  'eunji',
  'fatima',
  'george',
  'hana',
  'ipek',
  'joao',
  'karin',
  'lukasz',
];
const DOMAINS = ['example.com', 'example.org', 'mail.example'];
const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'JPY'];
const COUNTRIES = ['DE', 'US', 'GB', 'CH', 'JP', 'BR', 'PL'];
const NOTES = [
  'Leave at the door',
  'Gift, no invoice',
  'Fragile',
  'Call "Tom" first',
  'Ring twice, then wait',
  'B2B; net 30',
];
const METHODS = ['card', 'transfer', 'paypal', 'cash'];

// 1,050 days from 2024-01-01T00:00:00Z, in seconds.
const FIRST_SECOND = 1_704_067_200;
const ALL_SECONDS = 90_720_000;

const moment = (number: string, rows: number, later = '0'): string =>
  `to_timestamp(${FIRST_SECOND} + ${number}::bigint * ${ALL_SECONDS} / ${rows} + ${later})`;

/** Derived from a customer's number alone, so that orders need no join. */
const customerName = (id: string): string => `${pick(GIVEN, `${id} / 7`)} || ' ' || ${pick(FAMILY, id)}`;
const customerEmail = (id: string): string => `${pick(MAILBOXES, `${id} / 7`)} || ${id} || '@' || ${pick(DOMAINS, id)}`;
const tenantOf = (customer: string, { singleTenant }: SampleSize): string => {
  const [first, second, third] = TENANTS.map(({ id }) => `'${id}'::uuid`);
  if (singleTenant) return first ?? '';
  const [some, more] = [TENANTS[0].percent / 5, (TENANTS[0].percent + TENANTS[1].percent) / 5];
  const share = `${customer} % 20`;
  return `CASE WHEN ${share} < ${some} THEN ${first} WHEN ${share} < ${more} THEN ${second} ELSE ${third} END`;
};
const userOf = (customer: string, index: string, { singleTenant }: SampleSize): string => {
  const [first, second, third] = TENANTS.map(({ users }) =>
    pick(
      users.map(({ id }) => id),
      index,
      'uuid',
    ),
  );
  if (singleTenant) return first ?? '';
  const [some, more] = [TENANTS[0].percent / 5, (TENANTS[0].percent + TENANTS[1].percent) / 5];
  const share = `${customer} % 20`;
  return `CASE WHEN ${share} < ${some} THEN ${first} WHEN ${share} < ${more} THEN ${second} ELSE ${third} END`;
};

function customer(size: SampleSize): string {
  const rows = rowCount('customers', size);
  return `i, ${tenantOf('i', size)}, ${customerName('i')}, ${customerEmail('i')},
    CASE WHEN h % 4 > 0 THEN '+49 30 ' || (h >> 4) % 10000000 END,
    ${pick(COUNTRIES, 'h >> 8')}, (h >> 12) % 25 = 0,
    CASE WHEN (h >> 16) % 3 = 0 THEN ((h >> 20) % 500) * 100.00 END,
    jsonb_build_object('newsletter', (h >> 24) % 2 = 0, 'language', ${pick(['de', 'en', 'ja'], 'h >> 28')}),
    CASE WHEN (h >> 32) % 5 > 0 THEN date '1940-01-01' + ((h >> 36) % 25000)::int END,
    ${moment('i', rows)}`;
}

function order(size: SampleSize): string {
  const rows = rowCount('orders', size);
  const id = `(1 + h % ${rowCount('customers', size)})`;
  const status = '(h >> 24) % 100';
  return `i, ${tenantOf(id, size)}, ${userOf(id, 'h >> 20', size)}, ${id}, ${customerName(id)}, ${customerEmail(id)},
    CASE WHEN ${status} < 55 THEN 'delivered' WHEN ${status} < 70 THEN 'shipped' WHEN ${status} < 85 THEN 'paid'
      WHEN ${status} < 93 THEN 'pending' ELSE 'refunded' END,
    (CASE WHEN ${status} < 93 THEN 1 ELSE -1 END * (100 + (h >> 30) % 250000)) * 0.01,
    ${pick(CURRENCIES, 'h >> 34')}, 1 + (h >> 38) % 9,
    CASE WHEN (h >> 42) % 10 = 0 THEN ${pick(NOTES, 'h >> 46')} END,
    ${moment('i', rows)}, ${moment('i', rows, '(h >> 40) % 2592000')}`;
}

function transaction(size: SampleSize): string {
  const rows = rowCount('transactions', size);
  // Customer and user of order i.
  const hash = '(hashint8extended(i, 2) & 9223372036854775807)';
  const isDrawn = `i > ${AWKWARD_ORDERS.length}`;
  const id = `(CASE WHEN ${isDrawn} THEN 1 + ${hash} % ${rowCount('customers', size)} ELSE 1 END)`;
  const user = `CASE WHEN ${isDrawn} THEN ${userOf(id, `${hash} >> 20`, size)} ELSE '${NORTHWIND.users[0].id}' END`;
  const kind = '(h >> 24) % 100';
  return `i, ${tenantOf(id, size)}, ${user}, i, ${id},
    CASE WHEN ${kind} < 93 THEN 'payment' WHEN ${kind} < 99 THEN 'refund' ELSE 'chargeback' END,
    (CASE WHEN ${kind} < 93 THEN 1 ELSE -1 END * (100 + (h >> 30) % 250000)) * 0.01, ((h >> 10) % 1000000) * 0.000001,
    ${pick(CURRENCIES, 'h >> 34')}, ${pick(METHODS, 'h >> 38')},
    md5(h::text)::uuid,
    CASE WHEN (h >> 42) % 4 = 0 THEN ((h >> 44) % 10000)::double precision / 7919 END,
    (h >> 48) % 10 > 0, CASE WHEN (h >> 48) % 10 > 0 THEN ${moment('i', rows, '172800')} END,
    ${moment('i', rows)}`;
}

export interface ParameterizedQuery {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

/** The awkward orders, as many as fit into `size`. */
export function insertAwkwardOrders(size: SampleSize): readonly ParameterizedQuery[] {
  const [user] = NORTHWIND.users;
  return AWKWARD_ORDERS.slice(0, size.orders).map((awkward, index) => ({
    text: `INSERT INTO orders VALUES ($1, $2, $3, 1, $4, 'awkward@example.com', 'paid', $5, 'EUR', 1, $6,
      ${moment(String(index + 1), size.orders)}, $7)`,
    values: [
      index + 1,
      NORTHWIND.id,
      user.id,
      awkward.customerName,
      awkward.total ?? '-5.20',
      awkward.note,
      awkward.updatedAt ?? '2026-01-02 03:04:05+00',
    ],
  }));
}
