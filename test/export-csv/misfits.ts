/** Datasets that don't match their tables, in a way that only the source database shows. */

export const MISFIT_TABLES = `
  CREATE TYPE mood AS ENUM ('sad', 'glad');
  CREATE TABLE odd (id int PRIMARY KEY, account int, price money[], mood mood, spans interval,
    total numeric(12,2), rate numeric(50,10), free numeric);
  CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
  CREATE TABLE accents (id text COLLATE loose NOT NULL, tenant_id uuid);
  CREATE UNIQUE INDEX ON accents (id COLLATE "C");
  CREATE TABLE loose (id int, tenant_id uuid);
  CREATE TABLE notes (id int PRIMARY KEY, tenant_id uuid, note text);
  CREATE VIEW unordered AS SELECT '{}'::json AS id, tenant_id FROM loose`;

const common = { title: 'T', key: ['id'], tenantColumn: 'tenant_id', columns: { id: { type: 'integer' } } };
const columns = {
  id: { type: 'bigint' },
  color: { type: 'text' },
  price: { type: 'other' },
  mood: { type: 'text' },
  total: { type: 'numeric', precision: 14, scale: 2 },
  rate: { type: 'numeric', precision: 38, scale: 10 },
  free: { type: 'numeric', precision: 38, scale: 10 },
};
const filters = { mood: { kind: 'one_of', column: 'mood', values: ['sad', 'mad'] } };

export const MISFITS = [
  { ...common, name: 'absent', schema: 'shop', table: 'absent' },
  { ...common, name: 'accents', table: 'accents', columns: { id: { type: 'text' } } },
  { ...common, name: 'loose', table: 'loose' },
  {
    ...common,
    name: 'odd',
    table: 'odd',
    tenantColumn: 'account',
    userColumn: 'spans',
    columns,
    filters,
    sorts: ['mood'],
  },
  { ...common, name: 'notes', table: 'notes', columns: { note: { type: 'text', permission: 'may see' } } },
  { ...common, name: 'unordered', table: 'unordered', columns: { id: { type: 'json' } } },
];

/** What a worker says about them when it starts. */
export const MISFIT_LINES = [
  'Dataset absent: the source database has no table or view shop.absent that the database user can see: check schema and table in the definition, and SOURCE_DATABASE_URL.',
  'Dataset accents: table accents has no unique index on (id): create one, or choose a key that has one.',
  'Dataset loose: table loose has no unique index on (id): create one, or choose a key that has one.',
  'Dataset odd: odd has no column color: correct its name, or remove it.',
  'Dataset odd: column id is integer in the source database: declare its type as integer, not bigint.',
  'Dataset odd: column price is money[], which depends on the locale: remove it, or export a view that casts it to numeric.',
  'Dataset odd: column total is numeric(12,2) in the source database: declare its precision as 12 and its scale as 2, not 14 and 2.',
  "Dataset odd: column rate is numeric(50,10) in the source database, which a definition can't declare: remove its precision and scale.",
  'Dataset odd: filter mood must be a one_of with values of the enum mood: sad, glad.',
  "Dataset odd: it can't sort by column mood, which may be null: declare the column NOT NULL, or remove it from sorts.",
  `Dataset notes can't be exported: the permission of column note: The source database rejected the query: syntax error at or near "see".`,
  "Dataset unordered can't be exported: The source database rejected the query: could not identify an ordering operator for type json.",
];
