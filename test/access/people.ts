import { defineDataset } from '../../shared/datasets/index.js';
import type { Principal } from '../../api/deps.js';
import { queryRows } from '../support/database.js';

/** People, with a column for every kind of right, and values that nobody without the right may ever see. */

const MAY_SEE = `EXISTS (SELECT FROM staff WHERE id = current_setting('app.user_id')::uuid AND may_see)`;

export const people = defineDataset({
  name: 'people',
  title: 'People',
  table: 'people',
  key: ['id'],
  tenantColumn: 'tenant_id',
  userColumn: 'user_id',
  columns: {
    id: { type: 'bigint' },
    name: { type: 'text', label: 'Name' },
    email: { type: 'text', label: 'Email', permission: MAY_SEE },
    phone: { type: 'text', label: 'Phone', permission: MAY_SEE, unless: 'masked', mask: 'last_4' },
    card: { type: 'text', permission: MAY_SEE, unless: 'masked', mask: 'hash' },
    tax_id: { type: 'text', mask: 'redact' },
    born_on: { type: 'date', permission: MAY_SEE, unless: 'masked', mask: 'year' },
    seen_at: { type: 'timestamptz', mask: 'year' },
    salary: { type: 'numeric', label: 'Salary', permission: MAY_SEE, unless: 'locked', reason: 'Only for payroll.' },
    grade: { type: 'integer', permission: MAY_SEE },
  },
  computed: {
    badge: {
      ...{ type: 'text', from: ['name'], permission: MAY_SEE, unless: 'masked', mask: 'last_4' },
      compute: ({ name }) => name && `canary-badge-${name.slice(7)}-77`,
    },
    greeting: { type: 'text', from: ['name'], compute: ({ name }) => `Dear ${name ?? ''}` },
    contact: { type: 'text', from: ['name', 'email'], compute: ({ name, email }) => `${name ?? ''} <${email ?? ''}>` },
    bonus: {
      ...{ type: 'text', from: ['id'], permission: MAY_SEE, unless: 'locked', reason: 'Only for payroll.' },
      compute: ({ id }) => `canary-bonus-${id}`,
    },
    rank: { type: 'text', from: ['id'], permission: MAY_SEE, compute: ({ id }) => `canary-rank-${id}` },
  },
  filters: {
    name: { kind: 'contains', column: 'name' },
    email: { kind: 'contains', column: 'email' },
    phone: { kind: 'equals', column: 'phone' },
    card: { kind: 'one_of', column: 'card' },
    born_on: { kind: 'range', column: 'born_on' },
    has_salary: { kind: 'is_null', column: 'salary' },
    salary: { kind: 'range', column: 'salary' },
  },
  sorts: ['id', 'grade'],
});

/** The columns that callers without the permission get, in order. */
export const LIMITED_COLUMNS = ['id', 'name', 'phone', 'card', 'tax_id', 'born_on', 'seen_at', 'badge', 'greeting'];

export const PEOPLE = 10;

/** The values of one person that must not be seen. */
const canariesOf = (id: number): readonly string[] => [
  `canary-email-${id}@example.com`,
  `canary-phone-${id}-55`,
  `canary-card-${id}`,
  `canary-tax-${id}`,
  `19${70 + id}-05-17`,
  `2026-05-17 13:37:${10 + id}`,
  `9876543${id}.25`,
  `canary-badge-${id}-77`,
  `canary-bonus-${id}`,
  `canary-rank-${id}`,
];

/** What no log and no payload may contain: parts that canaries share, because every part needs a search of its own. */
export const CANARY_SIGNS: readonly string[] = [
  'canary-',
  '2026-05-17 13:37:',
  ...Array.from({ length: PEOPLE }, (_, index) => canariesOf(index + 1))
    .flat()
    .filter((canary) => /^19|\.25$/.test(canary)),
];

/** Every canary value by itself. */
export const CANARIES: readonly string[] = Array.from({ length: PEOPLE }, (_, index) => canariesOf(index + 1)).flat();

/** Creates the tables. The statements contain no canary, because the server may log them. */
export async function createPeople(databaseUrl: string, { tenantId, userId }: Principal): Promise<void> {
  await queryRows(databaseUrl, 'CREATE TABLE staff (id uuid PRIMARY KEY, may_see boolean NOT NULL)');
  await queryRows(
    databaseUrl,
    `CREATE TABLE people (id bigint PRIMARY KEY, tenant_id uuid NOT NULL, user_id uuid NOT NULL, name text, email text,
       phone text, card text, tax_id text, born_on date, seen_at timestamptz, salary numeric(20,2), grade int NOT NULL)`,
  );
  await queryRows(
    databaseUrl,
    `INSERT INTO people SELECT id, $1, $2, 'Person ' || id, concat('can', 'ary-email-', id, '@example.com'),
       concat('can', 'ary-phone-', id, '-55'), concat('can', 'ary-card-', id), concat('can', 'ary-tax-', id),
       make_date(1970 + id, 5, 17), make_timestamptz(2026, 5, 17, 13, 37, 10 + id, 'UTC'),
       ('9876543' || id || '.25')::numeric, 100 - id
     FROM generate_series(1, ${PEOPLE}) AS id`,
    [tenantId, userId],
  );
  // Nothing but nulls.
  await queryRows(databaseUrl, 'INSERT INTO people (id, tenant_id, user_id, grade) VALUES (100, $1, $2, 100)', [
    tenantId,
    userId,
  ]);
}

export const allow = ({ userId }: Principal, databaseUrl: string, maySee: boolean): Promise<unknown> =>
  queryRows(databaseUrl, 'INSERT INTO staff VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET may_see = $2', [
    userId,
    maySee,
  ]);
