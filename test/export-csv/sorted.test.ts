import assert from 'node:assert/strict';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { checkDataset, type Dataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { FORMATS } from '../../shared/formats/index.js';
import { queryRows } from '../support/database.js';
import { DEEP } from '../support/depth.js';
import { leftovers, planAt, postExport, untilEnded } from '../support/exports.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { itTogether } from '../support/together.js';
import { assertSameFile, assertSameSegments } from '../workflows/support.js';
import { assertEqualsCopy, segmentKinds } from './compare.js';

const ALL = Object.keys(orders.columns).join(', ');
const SORTS = ['id', 'placed_at', 'total', 'customer_name', 'currency'];

const shout: Dataset['computed'] = {
  shout: { type: 'text', from: ['status'], compute: ({ status }: { status: string }) => status.toUpperCase() },
};
const sorted = checkDataset({ ...orders, sorts: SORTS, computed: shout });
/** The same rows in a table whose key has the order of `-placed_at`. */
const { userColumn: _, sorts: _none, ...keyed } = sorted;
const renumbered = checkDataset({ ...keyed, name: 'renumbered', table: 'renumbered', key: ['position'] });

/** Formats by lane. Each format renders and frames rows in its own way. */
const KINDS = [...FORMATS.keys()].flatMap((format) => [
  { format, lane: 'text', columns: ['status', 'total', 'placed_at'] },
  { format, lane: 'row', columns: ['status', 'shout', 'placed_at'] },
]);
const nameOf = ({ format, lane }: (typeof KINDS)[number]): string => `${format} by the ${lane} lane`;
const QUICK = ['XLSX by the text lane', 'JSON by the row lane'];

describe('a sorted export', () => {
  let service: TestService;

  before(async () => {
    service = await startService({ datasets: [sorted, renumbered], tuning: { segmentBytes: 12_000 } });
    await service.startWorker();
    // Twenty orders or so with the same time.
    await queryRows(
      service.databaseUrl,
      `UPDATE orders SET placed_at = date_trunc('month', placed_at);
       CREATE TABLE renumbered AS SELECT row_number() OVER (ORDER BY placed_at DESC, id DESC) AS position, * FROM orders;
       ALTER TABLE renumbered ADD PRIMARY KEY (position)`,
    );
    await planAt(service, '2026-11-22T10:11:12.345Z');
  });
  after(() => service.close());

  itTogether(DEEP ? SORTS.flatMap((column) => [column, `-${column}`]) : ['placed_at', '-placed_at'], {
    title: (sort) => `by ${sort} equals what PostgreSQL copies in that order, byte for byte`,
    work: async (sort) => {
      const me = someUser();
      const direction = sort.startsWith('-') ? 'DESC' : 'ASC';
      const order = `${sort.replace(/^-/, '')} ${direction}, id ${direction}`;
      const select = `SELECT ${ALL} FROM orders WHERE tenant_id = '${NORTHWIND.id}' ORDER BY ${order}`;
      const columns = Object.keys(orders.columns);
      const { rows, jobId } = await assertEqualsCopy(service, me, { sort, columns }, { select });
      assert.ok(rows > 1000);
      assert.ok((await segmentKinds(service, jobId)).length > 5);
      const { json } = await service.ask('GET', `/v1/exports/${jobId}`, { as: me });
      assert.equal((json as { sort: unknown }).sort, sort);
    },
  });

  itTogether(DEEP ? KINDS : KINDS.filter((kind) => QUICK.includes(nameOf(kind))), {
    atOnce: 2,
    title: (kind) => `as ${nameOf(kind)} has the bytes of a file whose key has that order`,
    work: async ({ format, columns }) => {
      const me = someUser();
      const [one = '', other = ''] = await Promise.all(
        [{ type: 'orders', sort: '-placed_at' }, { type: 'renumbered' }].map(async (body) => {
          const jobId = await postExport(service, me, { ...body, format, columns });
          await untilEnded(service, me, jobId);
          return jobId;
        }),
      );
      // The end of the file says how its rows are sorted; in Parquet, also which dataset they are from.
      if (format === 'PDF' || format === 'PARQUET') await assertSameSegments(service, one, other);
      else await assertSameFile(service, me, one, other);
    },
  });

  it('leaves nothing behind', async () => {
    assert.deepEqual(await leftovers(service), []);
  });
});
