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
  CREATE VIEW paid AS SELECT id, tenant_id, total FROM orders WHERE status = 'paid'`;
