import assert from 'node:assert/strict';
import { checkDataset, createRegistry, type Dataset } from '../../../shared/datasets/index.js';
import { createPool, type Pool } from '../../../shared/postgres.js';
import { Source } from '../../../shared/source/source.js';
import { checkDatasets } from '../../../shared/startup/check-datasets.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';

const bills = checkDataset({
  ...{ name: 'bills', title: 'Bills', table: 'bills', key: ['id'], tenantColumn: 'tenant' },
  columns: { id: { type: 'integer' }, payer: { type: 'text' } },
});

/** Where a permission can be, and what the sentence says about it. */
const PLACES: readonly (readonly [string, (permission: string) => Dataset, string])[] = [
  ['a dataset', (permission) => ({ ...bills, permission }), ''],
  [
    'a column',
    (permission) => ({ ...bills, columns: { ...bills.columns, payer: { type: 'text', permission } } }),
    'the permission of column payer: ',
  ],
  [
    'a computed column',
    (permission) => ({ ...bills, computed: { twice: { type: 'text', from: [], compute: () => '', permission } } }),
    'the permission of column twice: ',
  ],
];

const BAD: readonly (readonly [string, string])[] = [
  ['may see', 'syntax error at or near "see"'],
  ['EXISTS (SELECT FROM nobody)', 'relation "nobody" does not exist'],
  ["payer = 'x'", 'column "payer" does not exist'],
  ['17', 'argument of IS TRUE must be type boolean, not type integer'],
  ["current_setting('app.role') = 'x'", 'unrecognized configuration parameter "app.role"'],
  ["current_setting('app.user_id')::integer = 1", 'invalid input syntax for type integer'],
  ['true) IS TRUE, (false', 'a permission must be a single condition'],
];

describe('the dataset check for permissions', () => {
  let database: OpenDatabase;
  let pool: Pool;
  before(async () => {
    database = await openDatabase();
    await database.client.query('CREATE TABLE bills (id int PRIMARY KEY, tenant uuid NOT NULL, payer text)');
    pool = createPool(database.url, { max: 1, name: 'test', onIdleError: () => undefined });
  });
  after(async () => {
    await pool.end();
    await database.close();
  });

  for (const [where, dataset, what] of PLACES) {
    it(`rejects an unusable permission of ${where} with the database's words`, async () => {
      for (const [permission, words] of BAD) {
        const registry = createRegistry([checkDataset(dataset(permission))]);
        const { misfits, unavailable } = await checkDatasets(new Source(pool), registry);
        assert.equal(unavailable, null);
        const [sentence = ''] = misfits;
        assert.equal(misfits.length, 1, permission);
        assert.ok(sentence.startsWith(`Dataset bills can't be exported: ${what}`), sentence);
        assert.ok(sentence.includes(words), sentence);
      }
      const fine = createRegistry([checkDataset(dataset('EXISTS (SELECT FROM bills) -- anybody'))]);
      assert.deepEqual((await checkDatasets(new Source(pool), fine)).misfits, []);
    });
  }
});
