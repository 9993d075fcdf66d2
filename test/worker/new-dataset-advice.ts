import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Dataset } from '../../shared/datasets/index.js';
import { newDataset } from '../../worker/new-dataset/new-dataset.js';

export interface MadeDataset {
  readonly dataset: Dataset;
  readonly file: string;
  /** The command's output. */
  readonly said: string;
}

/** Tests of what the command says about its choices. */
export function newDatasetAdvice(made: (...args: string[]) => Promise<MadeDataset>): void {
  it('says what a userColumn means, which it proposes only for user ids', async () => {
    const orders = await made('orders');
    assert.match(
      orders.said,
      /those whose user_id is the user id in the token \(userColumn\)\. If .* remove userColumn\.$/m,
    );
    assert.match(await readFile(orders.file, 'utf8'), /\/\/ Account exports .*\n {4}userColumn: 'user_id',$/m);
    assert.equal((await made('visits')).dataset.userColumn, 'userId');

    const addresses = await made('addresses');
    assert.equal(addresses.dataset.userColumn, undefined);
    assert.match(addresses.said, /no userColumn\. If owner_id or customerId holds the user ids in your tokens, set/);
    assert.match((await made('Plain')).said, /no userColumn\. If a column holds/);

    const chosen = await made('addresses', '--user', 'owner_id');
    assert.equal(chosen.dataset.userColumn, 'owner_id');
    const none = await made('orders', '--no-user');
    assert.equal(none.dataset.userColumn, undefined);
    assert.doesNotMatch(none.said, /Account exports|userColumn/);
  });

  it('says which column date_range uses if there are several, and uses the singular for one', async () => {
    const uses = /^The date_range filter uses (.+)$/m;
    assert.equal(uses.exec((await made('orders')).said)?.[1], 'placed_at; updated_at has a filter of its own.');
    const visits = await made('visits');
    assert.equal(uses.exec(visits.said)?.[1], 'left_on; came_on, paid_on have filters of their own.');
    assert.equal(visits.dataset.filters?.date_range?.column, 'left_on');
    assert.doesNotMatch((await made('addresses')).said, uses);
    assert.match((await made('Plain')).said, /: dataset plain, key \(id\), 1 column, 0 filters, 0 sorts\.$/m);
    assert.match((await made('addresses')).said, /, 1 sort\.$/m);
  });

  it('says which address does not answer, and which setting has it', async () => {
    const settings = { databaseUrl: 'postgres://ana:hidden@127.0.0.1:1/shop', setting: 'SOURCE_DATABASE_URL' };
    await assert.rejects(newDataset(['orders'], { ...settings, hasTenants: true }), {
      message:
        'The source database at 127.0.0.1:1 does not answer (connect ECONNREFUSED 127.0.0.1:1). Check that it is running and that SOURCE_DATABASE_URL is correct.',
    });
  });
}
