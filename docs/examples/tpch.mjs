// @ts-check

/**
 * The tables of TPC-H as datasets: `DATASETS_MODULE=docs/examples/tpch.mjs`. docs/datasets.md says how to fill them.
 *
 * Your own module needs nothing from this repository; plain objects are enough. The type below only helps your editor.
 *
 * @type {import('../../shared/datasets/define-dataset.js').Dataset[]}
 */
const datasets = [
  {
    name: 'orders',
    title: 'Orders',
    schema: 'tpch',
    table: 'orders',
    key: ['o_orderkey'],
    tenantColumn: 'tenant_id',
    columns: {
      o_orderkey: { type: 'bigint', label: 'Order' },
      o_custkey: { type: 'bigint', label: 'Customer' },
      o_orderstatus: { type: 'text', label: 'Status' },
      o_totalprice: { type: 'numeric', label: 'Total' },
      o_orderdate: { type: 'date', label: 'Date' },
      o_orderpriority: { type: 'text', label: 'Priority' },
      o_clerk: { type: 'text', label: 'Clerk' },
      o_shippriority: { type: 'integer', label: 'Ship priority' },
      o_comment: { type: 'text', label: 'Comment' },
    },
    filters: {
      date_range: { kind: 'date_range', column: 'o_orderdate' },
      status: { kind: 'one_of', column: 'o_orderstatus', values: ['F', 'O', 'P'] },
      total: { kind: 'range', column: 'o_totalprice' },
    },
  },
  {
    name: 'lineitem',
    title: 'Line items',
    schema: 'tpch',
    table: 'lineitem',
    // Unique only in combination.
    key: ['l_orderkey', 'l_linenumber'],
    tenantColumn: 'tenant_id',
    columns: {
      l_orderkey: { type: 'bigint' },
      l_partkey: { type: 'bigint' },
      l_suppkey: { type: 'bigint' },
      l_linenumber: { type: 'bigint' },
      l_quantity: { type: 'numeric' },
      l_extendedprice: { type: 'numeric' },
      l_discount: { type: 'numeric' },
      l_tax: { type: 'numeric' },
      l_returnflag: { type: 'text' },
      l_linestatus: { type: 'text' },
      l_shipdate: { type: 'date' },
      l_commitdate: { type: 'date' },
      l_receiptdate: { type: 'date' },
      l_shipinstruct: { type: 'text' },
      l_shipmode: { type: 'text' },
      l_comment: { type: 'text' },
    },
    filters: {
      date_range: { kind: 'date_range', column: 'l_shipdate' },
      order: { kind: 'equals', column: 'l_orderkey' },
    },
  },
];

export default datasets;
