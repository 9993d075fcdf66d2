import assert from 'node:assert/strict';
import { parquetMetadata } from 'hyparquet';
import { encodeFile, type TestFile } from './encoded.js';
import { int32, int64, type RowFields } from './tuples.js';

const column = (name: string, type: 'bigint' | 'integer' | 'text' | 'timestamptz' | 'double precision') => ({
  ...{ name, label: name, type },
});
const COLUMNS = [
  column('note', 'text'),
  column('id', 'bigint'),
  column('at', 'timestamptz'),
  column('ratio', 'double precision'),
  column('part', 'integer'),
];
const INFINITE = int64(-(2n ** 63n));

const row = (id: number, at: Buffer | null = int64(BigInt(id))): RowFields => [
  Buffer.from('note'),
  int64(BigInt(id)),
  at,
  Buffer.alloc(8),
  int32(id),
];

/** The sorting columns of each row group, as index and direction. */
async function sortedBy(file: Omit<TestFile, 'columns'>, rows: readonly RowFields[], columns = COLUMNS) {
  const bytes = await encodeFile({ ...file, columns }, [rows]);
  const { row_groups: groups } = parquetMetadata(new Uint8Array(bytes).buffer);
  return groups.map(({ sorting_columns: sorted = [] }) =>
    sorted.map(({ column_idx: index, descending, nulls_first: nulls }) => {
      assert.equal(nulls, descending);
      return `${columns[index]?.name ?? ''} ${descending ? 'descending' : 'ascending'}`;
    }),
  );
}
const up = (...columns: string[]) => ({ columns, descending: false });
const ROWS = [row(1), row(2), row(3)];

describe('row groups of a Parquet file', () => {
  it('state the order of their rows: the key, or the sort and the key', async () => {
    assert.deepEqual(await sortedBy({ order: up('id') }, ROWS), [['id ascending']]);
    const order = { columns: ['at', 'id', 'part'], descending: true };
    assert.deepEqual(await sortedBy({ order }, ROWS), [['at descending', 'id descending', 'part descending']]);
  });

  it('state it up to the first column that readers sort differently, or that is masked or missing', async () => {
    assert.deepEqual(await sortedBy({ order: up('id', 'note', 'part') }, ROWS), [['id ascending']]);
    assert.deepEqual(await sortedBy({ order: up('id', 'ratio', 'part') }, ROWS), [['id ascending']]);
    assert.deepEqual(await sortedBy({ order: up('part', 'elsewhere', 'id') }, ROWS), [['part ascending']]);
    assert.deepEqual(await sortedBy({ order: up('note', 'id') }, ROWS), [[]]);
    const masked = COLUMNS.map((shown) => (shown.name === 'part' ? { ...shown, mask: 'year' as const } : shown));
    assert.deepEqual(await sortedBy({ order: up('id', 'part', 'at') }, ROWS, masked), [['id ascending']]);
  });

  it('state it up to a column with values that became null, in the row groups that have them', async () => {
    const position = { groups: 2, groupRows: 2, lastRows: 2, hasPageIndex: true };
    const rows = [row(1, INFINITE), row(2), row(3), row(4)];
    assert.deepEqual(await sortedBy({ order: up('part', 'at', 'id'), position }, rows), [
      ['part ascending'],
      ['part ascending', 'at ascending', 'id ascending'],
    ]);
  });
});
