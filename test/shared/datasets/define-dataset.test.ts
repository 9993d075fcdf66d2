import assert from 'node:assert/strict';
import { checkDataset, DatasetError, defineDataset } from '../../../shared/datasets/define-dataset.js';
import { BUILT_IN_DATASETS, createRegistry } from '../../../shared/datasets/index.js';
import { BAD_DEFINITIONS, GOOD_DEFINITION } from './bad-definitions.js';

describe('defining a dataset', () => {
  it('returns it, frozen', () => {
    const dataset = checkDataset(GOOD_DEFINITION);
    assert.deepEqual(dataset, GOOD_DEFINITION);
    assert.ok(Object.isFrozen(dataset));
  });

  for (const [what, change, sentence] of BAD_DEFINITIONS) {
    it(`with ${what} is rejected with a clear message`, () => {
      assert.throws(() => checkDataset({ ...GOOD_DEFINITION, ...change }), new DatasetError(sentence));
    });
  }

  it('accepts any precision and scale of PostgreSQL that 38 digits can hold, also of a computed column', () => {
    for (const [precision, scale] of [
      [1, 0],
      [12, 2],
      [38, 0],
      [38, 38],
    ] as const) {
      const sum = { type: 'numeric', precision, scale, from: [], compute: () => 0 } as const;
      const columns = { ...GOOD_DEFINITION.columns, total: { type: 'numeric', precision, scale } as const };
      assert.doesNotThrow(() => checkDataset({ ...GOOD_DEFINITION, columns, computed: { sum } }));
    }
  });

  it('types the arguments of the functions of computed columns', () => {
    const { name, title, table, key, tenantColumn } = GOOD_DEFINITION;
    defineDataset({
      ...{ name, title, table, key, tenantColumn },
      columns: { id: { type: 'bigint' }, age: { type: 'integer' }, status: { type: 'text' } },
      computed: {
        next: { type: 'bigint', from: ['id', 'age'], compute: ({ id, age }) => (id ?? 0n) + BigInt(age ?? 0) },
        // @ts-expect-error: the row has only the columns in from
        other: { type: 'text', from: ['status'], compute: ({ age }) => String(age) },
        // @ts-expect-error: text is not a boolean
        wrong: { type: 'boolean', from: ['status'], compute: ({ status }) => status },
      },
    });
  });

  it('twice under one name is rejected', () => {
    assert.throws(
      () => createRegistry([GOOD_DEFINITION, GOOD_DEFINITION]),
      new DatasetError('Two datasets are named orders.'),
    );
  });

  it('is how the built-in ones are made: they are frozen', () => {
    assert.ok(BUILT_IN_DATASETS.length > 0);
    assert.ok(BUILT_IN_DATASETS.every((dataset) => Object.isFrozen(dataset)));
  });
});
