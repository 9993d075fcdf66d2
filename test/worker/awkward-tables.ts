/** Every name would break JavaScript or SQL that forgot to quote it. */
export const AWKWARD_TABLE = '"My ""Schema"".x"."Größe, d\'été.T"';
export const AWKWARD_TABLES = `
  CREATE SCHEMA "My ""Schema"".x";
  CREATE TYPE mood AS ENUM ('', 'it''s "fine"', '山');
  CREATE TABLE ${AWKWARD_TABLE} (
    "Tenant ""ID""" uuid NOT NULL, "a.b" int NOT NULL, "the\\key'" text COLLATE "C" NOT NULL, "__proto__" int,
    "1" int, "2 */ // \u2028 x" text, price money, prices money[], mood mood, "customerId" bigint REFERENCES customers,
    "日付" date, "placedAt" timestamptz, tags text[], flag boolean, "date_range" numeric, net cidr, doc json,
    UNIQUE ("a.b"), PRIMARY KEY ("Tenant ""ID""", "the\\key'", "a.b"));
  CREATE INDEX ON ${AWKWARD_TABLE} ("Tenant ""ID""", "placedAt");
  CREATE TABLE keyless (id int, tenant_id uuid);
  CREATE UNIQUE INDEX ON keyless (id);
  CREATE TABLE parent (id int PRIMARY KEY, tenant_id uuid NOT NULL);
  CREATE TABLE child () INHERITS (parent);
  CREATE TABLE homeless (id int PRIMARY KEY, account int, opened date NOT NULL);
  CREATE INDEX ON homeless (opened);
  CREATE TABLE "Plain" (id int PRIMARY KEY, tenant_id text);
  CREATE VIEW paid AS SELECT id, tenant_id, total FROM orders WHERE status = 'paid';
  CREATE DOMAIN rate AS numeric(9,4);
  CREATE TABLE sizes (id bigint PRIMARY KEY, tenant_id uuid, price numeric(12,2), whole numeric(38), domain rate,
    "any" numeric, long numeric(39,2), tiny numeric(3,5), thousands numeric(5,-3));
  CREATE VIEW sized AS SELECT * FROM sizes;
  CREATE TABLE addresses (id int, tenant_id uuid, owner_id text, "customerId" bigint, PRIMARY KEY (tenant_id, id));
  CREATE TABLE visits (id int PRIMARY KEY, tenant_id uuid, "userId" text, came_on date, left_on date, paid_on date);
  CREATE INDEX ON visits (tenant_id, left_on)`;

/** Arguments that no definition can be made from, and the message. */
export const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /^Name one table\.$/],
  [['one', 'two'], /^Name one table/],
  [
    ['nowhere.orders'],
    /^The source database has no table or view nowhere\.orders that the database user can see\. Name it as/,
  ],
  [['orders_pkey'], /no table or view orders_pkey/],
  [['keyless'], /^keyless has no primary key and no unique index whose columns are all NOT NULL: create one, or/],
  [['parent'], /^parent has no primary key and no unique index whose columns are all NOT NULL: create one, or/],
  [['parent', '--key', 'id'], /^Dataset parent: table parent has no unique index on \(id\)/],
  [['paid'], /^paid is a view, so its key is unknown: name the key's columns with --key COLUMN/],
  [
    ['homeless'],
    /^homeless has no column tenant_id: name the column of the tenant's id with --tenant COLUMN, or use --no-tenant if you have a single tenant\.$/,
  ],
  [
    ['homeless', '--tenant', 'owner'],
    /^homeless has no column owner \(from --tenant\)\. Its columns are id, account, opened\.$/,
  ],
  [['orders', '--tenant', 'tenant_id', '--no-tenant'], /^Use either --tenant or --no-tenant\.$/],
  [['orders', '--user', 'user_id', '--no-user'], /^Use either --user or --no-user\.$/],
  [['orders', '--user', 'color'], /^orders has no column color \(from --user\)\. Its columns are id, user_id/],
  [['orders', '--key', 'color'], /^orders has no column color \(from --key\)\. Its columns are id, tenant_id/],
  [['orders', '--key', 'customer_id'], /^Dataset orders: table orders has no unique index on \(customer_id\)/],
];
