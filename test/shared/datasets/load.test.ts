import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatasetError } from '../../../shared/datasets/define-dataset.js';
import { BUILT_IN_DATASETS } from '../../../shared/datasets/index.js';
import { loadDatasets } from '../../../shared/datasets/load.js';

const ORDERS = `{ name: 'orders', title: 'Orders', table: 'orders', key: ['id'], tenantColumn: 'tenant_id',
  columns: { id: { type: 'bigint' } }, filters: { id: { kind: 'equals', column: 'id' } } }`;

/** A module's text, and what the error must say after the module's name. */
const BAD: readonly (readonly [string, string, RegExp])[] = [
  ['does not parse', 'export default [', /^ cannot be loaded: Unexpected/],
  ['throws', `throw new Error('no license')`, /^ cannot be loaded: no license$/],
  ['imports a missing file', `import './nothing.js'; export default []`, /^ cannot be loaded: Cannot find module/],
  [
    'has no default export',
    `export const datasets = [${ORDERS}]`,
    /^ must have an array of datasets as its default export\.$/,
  ],
  ['exports a dataset instead of an array', `export default ${ORDERS}`, /^ must have an array of datasets/],
  ['exports an empty array', 'export default []', /^ must have an array of datasets/],
  ['exports something else', `export default ['orders']`, /^: dataset number 1 is invalid: .*object/],
  [
    'misspells a setting',
    `export default [${ORDERS.replace('tenantColumn', 'tenant_column')}]`,
    /^: dataset orders is invalid: tenant_column is not a setting\.$/,
  ],
  [
    'has a user column that is not a name',
    `export default [${ORDERS.replace('key:', "userColumn: ['user_id'], key:")}]`,
    /^: dataset orders is invalid: userColumn: must be the name of a column\.$/,
  ],
  [
    'has a permission that is not text',
    `export default [${ORDERS.replace('key:', 'permission: true, key:')}]`,
    /^: dataset orders is invalid: permission: must be text\.$/,
  ],
  [
    'has a key that is not a list',
    `export default [${ORDERS.replace("['id']", "'id'")}]`,
    /^: dataset orders is invalid: key: must be a list of columns\.$/,
  ],
  [
    'has an unknown column type',
    `export default [${ORDERS.replace('bigint', 'money')}]`,
    /^: dataset orders is invalid: columns\.id\.type: must be one of smallint, .*other\.$/,
  ],
  [
    'has text instead of a boolean for hidden',
    `export default [${ORDERS.replace("type: 'bigint'", "type: 'bigint', hidden: 'yes'")}]`,
    /^: dataset orders is invalid: columns\.id\.hidden: must be true or false\.$/,
  ],
  [
    'has an unknown format of numbers',
    `export default [${ORDERS.replace("type: 'bigint'", "type: 'bigint', format: 'roman'")}]`,
    /^: dataset orders is invalid: columns\.id\.format: must be one of number, currency, percent\.$/,
  ],
  [
    'misspells a right',
    `export default [${ORDERS.replace("'bigint'", "'bigint', permision: 'true'")}]`,
    /^: dataset orders is invalid: columns\.id\.permision is not a setting\.$/,
  ],
  [
    'has an unknown mask',
    `export default [${ORDERS.replace("'bigint'", "'bigint', mask: 'blur'")}]`,
    /^: dataset orders is invalid: columns\.id\.mask: must be one of redact, last_4, hash, year\.$/,
  ],
  [
    'has an unknown filter kind',
    `export default [${ORDERS.replace('equals', 'like')}]`,
    /^: dataset orders is invalid: filters\.id\.kind: must be date_range, one_of, range, equals, contains or is_null\.$/,
  ],
  [
    'misspells a setting',
    `export default [${ORDERS.replace("table: 'orders'", "table: 'orders', shema: 'shop'")}]`,
    /^: dataset orders is invalid: shema is not a setting\.$/,
  ],
  [
    'misspells settings that are required',
    `export default [${ORDERS.replace('columns:', 'colums:').replace('key:', 'keys:')}]`,
    /^: dataset orders is invalid: keys and colums are not settings\.$/,
  ],
  [
    'lacks a setting',
    `export default [${ORDERS.replace("key: ['id'],", '')}]`,
    /^: dataset orders is invalid: key: must be a list of columns\.$/,
  ],
  [
    'misspells a setting of a column of an invalid type',
    `export default [${ORDERS.replace("'bigint'", "'money', lable: 'ID'")}]`,
    /^: dataset orders is invalid: columns\.id\.lable is not a setting\.$/,
  ],
];

describe('DATASETS_MODULE', () => {
  let folder: string;
  let files = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-datasets-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Every file gets a new name, because Node caches loaded modules. */
  async function moduleOf(text: string): Promise<string> {
    files += 1;
    const file = join(folder, `${files}.mjs`);
    await writeFile(file, text);
    return file;
  }

  async function sentenceAbout(path: string): Promise<string> {
    try {
      await loadDatasets(path);
    } catch (error) {
      assert.ok(error instanceof DatasetError, String(error));
      assert.ok(error.message.startsWith(`DATASETS_MODULE ${path}`), error.message);
      return error.message.slice(`DATASETS_MODULE ${path}`.length);
    }
    return assert.fail('it was loaded');
  }

  it('defaults to the built-in datasets', async () => {
    assert.deepEqual([...(await loadDatasets(undefined)).values()], BUILT_IN_DATASETS);
  });

  it('can be plain JavaScript in any folder, given by an absolute or a relative path, and export plain objects', async () => {
    const file = await moduleOf(`export default [${ORDERS}, ${ORDERS.replace("name: 'orders'", "name: 'others'")}]`);
    assert.deepEqual([...(await loadDatasets(file)).keys()], ['orders', 'others']);
    assert.deepEqual([...(await loadDatasets(relative(process.cwd(), file))).keys()], ['orders', 'others']);
  });

  it('can combine the lists of other modules', async () => {
    const [first, second] = [
      await moduleOf(`export default [${ORDERS}]`),
      await moduleOf(`export default [${ORDERS.replace("name: 'orders'", "name: 'others'")}]`),
    ];
    const both = `import a from '${first}'; import b from '${second}'; export default [a, b];`;
    assert.deepEqual([...(await loadDatasets(await moduleOf(both))).keys()], ['orders', 'others']);
  });

  it('can use every setting of a definition', async () => {
    const settings = "schema: 'shop', userColumn: 'user_id', permission: 'true', key:";
    const columns = "columns: { total: { type: 'numeric', precision: 12, scale: 2 }, ";
    const text = ORDERS.replace('key:', settings).replace('columns: {', columns);
    const dataset = (await loadDatasets(await moduleOf(`export default [${text}]`))).get('orders');
    assert.deepEqual([dataset?.schema, dataset?.userColumn, dataset?.permission], ['shop', 'user_id', 'true']);
    assert.deepEqual(dataset?.columns.total, { type: 'numeric', precision: 12, scale: 2 });
  });

  it('loads the example in docs/examples', async () => {
    assert.deepEqual([...(await loadDatasets('docs/examples/tpch.mjs')).keys()], ['orders', 'lineitem']);
  });

  it('is named in the error if it does not exist', async () => {
    assert.match(await sentenceAbout('./nowhere.js'), /^ cannot be loaded: Cannot find module .*nowhere\.js/);
  });

  for (const [what, text, sentence] of BAD) {
    it(`is rejected with its name if it ${what}`, async () => {
      assert.match(await sentenceAbout(await moduleOf(text)), sentence);
    });
  }

  it('must name the tenant of every row, unless the service has a single tenant', async () => {
    const file = await moduleOf(`export default [${ORDERS.replace("tenantColumn: 'tenant_id',", '')}]`);
    await assert.rejects(loadDatasets(file), (error) => {
      const sentence = 'Dataset "orders": it has no tenantColumn, which is required unless JWT_TENANT_CLAIM is empty.';
      assert.equal((error as Error).message, sentence);
      return error instanceof DatasetError;
    });
    assert.deepEqual([...(await loadDatasets(file, false)).keys()], ['orders']);
  });

  it('with an invalid definition is rejected, too', async () => {
    const file = await moduleOf(`export default [${ORDERS.replace("'orders'", "'My orders'")}]`);
    await assert.rejects(loadDatasets(file), /Dataset "My orders": its name must be lowercase/);
    const twice = await moduleOf(`export default [${ORDERS}, ${ORDERS}]`);
    await assert.rejects(loadDatasets(twice), /Two datasets are named orders/);
  });
});
