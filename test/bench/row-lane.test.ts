import assert from 'node:assert/strict';
import { COMPUTED_COLUMNS, COMPUTED_ORDERS, PLAIN_COLUMNS } from '../../bench/row-lane.js';
import { orders } from '../../shared/datasets/orders.js';

interface Module {
  readonly default: readonly {
    readonly columns: Readonly<Record<string, { readonly type: string }>>;
    readonly computed: Readonly<Record<string, { readonly compute: (row: object) => unknown }>>;
  }[];
}

describe('orders with a computed column', () => {
  it('have the same columns as orders, with a computed copy of the note instead of the note', async () => {
    const { default: datasets } = (await import(COMPUTED_ORDERS)) as Module;
    const [dataset] = datasets;
    assert.deepEqual(
      Object.entries(dataset?.columns ?? {}).map(([name, { type }]) => [name, type]),
      Object.entries(orders.columns).map(([name, { type }]) => [name, type]),
    );
    const [[name, { compute }] = ['', { compute: () => undefined }]] = Object.entries(dataset?.computed ?? {});
    for (const note of ['', 'a\nb', null]) assert.equal(compute({ note }), note);
    assert.deepEqual(
      COMPUTED_COLUMNS,
      PLAIN_COLUMNS.map((column) => (column === 'note' ? name : column)),
    );
  });
});
