-- TPC-H's two large tables with a tenant column. Rows loaded without a tenant belong to the sample data's first tenant.
CREATE SCHEMA tpch;

CREATE TABLE tpch.orders (
  tenant_id uuid NOT NULL DEFAULT '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01',
  o_orderkey bigint NOT NULL,
  o_custkey bigint NOT NULL,
  o_orderstatus text NOT NULL,
  o_totalprice numeric(15,2) NOT NULL,
  o_orderdate date NOT NULL,
  o_orderpriority text NOT NULL,
  o_clerk text NOT NULL,
  o_shippriority integer NOT NULL,
  o_comment text NOT NULL,
  -- The index that an export walks: the tenant first, then the dataset's key.
  PRIMARY KEY (tenant_id, o_orderkey)
);

CREATE TABLE tpch.lineitem (
  tenant_id uuid NOT NULL DEFAULT '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01',
  l_orderkey bigint NOT NULL,
  l_partkey bigint NOT NULL,
  l_suppkey bigint NOT NULL,
  l_linenumber bigint NOT NULL,
  l_quantity numeric(15,2) NOT NULL,
  l_extendedprice numeric(15,2) NOT NULL,
  l_discount numeric(15,2) NOT NULL,
  l_tax numeric(15,2) NOT NULL,
  l_returnflag text NOT NULL,
  l_linestatus text NOT NULL,
  l_shipdate date NOT NULL,
  l_commitdate date NOT NULL,
  l_receiptdate date NOT NULL,
  l_shipinstruct text NOT NULL,
  l_shipmode text NOT NULL,
  l_comment text NOT NULL,
  PRIMARY KEY (tenant_id, l_orderkey, l_linenumber)
);
