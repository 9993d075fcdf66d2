import assert from 'node:assert/strict';
import { shownColumns } from '../../../shared/datasets/shown-columns.js';
import { checkDataset, defineDataset } from '../../../shared/datasets/index.js';
import { freezeQuery, type RenderedColumn } from '../../../shared/datasets/query.js';
import { readCatalog } from '../../../shared/source/read-catalog.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';

const sizes = defineDataset({
  name: 'sizes',
  title: 'Sizes',
  table: 'sizes',
  key: ['id'],
  columns: {
    id: { type: 'bigint' },
    exact: { type: 'numeric' },
    price: { type: 'numeric' },
    money: { type: 'numeric' },
    largest: { type: 'numeric' },
    thousands: { type: 'numeric' },
    tiny: { type: 'numeric' },
    secret: { type: 'numeric', mask: 'last_4' },
    prices: { type: 'other' },
  },
  computed: { gross: { type: 'numeric', from: ['price'], compute: ({ price }) => price } },
});

const DECIMALS = {
  id: null,
  exact: null,
  price: { precision: 12, scale: 2 },
  money: { precision: 9, scale: 4 },
  largest: { precision: 1000, scale: 1000 },
  thousands: { precision: 5, scale: -3 },
  tiny: { precision: 3, scale: 7 },
  secret: null,
  prices: null,
  gross: null,
};

describe('the digits that a numeric column has room for', () => {
  let database: OpenDatabase;

  before(async () => {
    database = await openDatabase();
    await database.client.query(
      `CREATE DOMAIN money_of_type AS numeric(9, 4); CREATE DOMAIN money AS money_of_type;
       CREATE TABLE sizes (id bigint PRIMARY KEY, exact numeric, price numeric(12, 2), money public.money,
         largest numeric(1000, 1000), thousands numeric(5, -3), tiny numeric(3, 7), secret numeric(12, 2),
         prices numeric(12, 2)[], gross numeric(12, 2));
       CREATE VIEW size_view AS SELECT * FROM sizes`,
    );
  });
  after(() => database.close());

  for (const table of ['sizes', 'size_view']) {
    it(`are those of its type or domain in ${table}, unless it is masked or computed`, async () => {
      const { columns: catalog } = (await readCatalog(database.client, { ...sizes, table })) ?? assert.fail();
      const shown = shownColumns(sizes, Object.keys(DECIMALS), catalog);
      assert.deepEqual(Object.fromEntries(shown.map(({ name, decimal }) => [name, decimal])), DECIMALS);
    });
  }

  it('decide how a format renders the column', async () => {
    const { columns: catalog } = (await readCatalog(database.client, sizes)) ?? assert.fail();
    const columns = Object.keys(DECIMALS).filter((name) => name !== 'gross');
    const request = { type: 'sizes', format: 'CSV', columns, filters: {}, options: {}, notify: {} };
    const rendered: Record<string, RenderedColumn['decimal']> = {};
    const render = (quoted: string, { decimal }: RenderedColumn): string => {
      const [, name = ''] = /"(\w+)"/.exec(quoted) ?? [];
      rendered[name] = decimal;
      return quoted;
    };
    freezeQuery(sizes, request, [], render, { catalog });
    assert.deepEqual({ ...rendered, gross: null }, DECIMALS);
  });

  it('are the declared ones, also for a computed column, unless it is masked', async () => {
    const { columns: catalog } = (await readCatalog(database.client, sizes)) ?? assert.fail();
    const size = { precision: 38, scale: 10 };
    const declared = checkDataset({
      ...sizes,
      columns: {
        ...sizes.columns,
        exact: { type: 'numeric', ...size },
        secret: { type: 'numeric', ...size, mask: 'last_4' },
      },
      computed: { gross: { type: 'numeric', ...size, from: ['price'], compute: ({ price }) => price } },
    });
    for (const known of [catalog, new Map()]) {
      const shown = shownColumns(declared, ['exact', 'gross', 'secret'], known);
      assert.deepEqual(
        shown.map(({ decimal, number }) => [decimal, number?.scale]),
        [
          [size, 10],
          [size, 10],
          [null, undefined],
        ],
      );
    }
  });

  it('are unknown without a catalog', () => {
    assert.ok(shownColumns(sizes, Object.keys(DECIMALS)).every(({ decimal }) => decimal === null));
  });

  it('show a number of thousands without decimals in a workbook', async () => {
    const { columns: catalog } = (await readCatalog(database.client, sizes)) ?? assert.fail();
    const formats = shownColumns(sizes, ['price', 'thousands', 'tiny'], catalog).map(({ number }) => number?.scale);
    assert.deepEqual(formats, [2, 0, 7]);
  });
});
