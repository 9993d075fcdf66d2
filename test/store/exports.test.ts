import assert from 'node:assert/strict';
import { FORMATS } from '../../shared/formats/index.js';
import { download, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { describeEveryStore } from '../support/stores.js';
import { DEEP } from '../support/depth.js';

describeEveryStore('an export', (stackEnv) => {
  let service: TestService;
  before(async () => {
    service = await startService({ stackEnv: stackEnv(), orders: 300, tuning: { maxSegmentRows: 60 } });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  for (const format of DEEP ? [...FORMATS.keys()] : ['CSV']) {
    it(`as ${format} completes, can be downloaded by its link, and leaves nothing else behind`, async () => {
      const user = someUser();
      const jobId = await postExport(service, user, { format });
      const { row_count: rows, download_url } = await untilEnded(service, user, jobId);
      assert((rows ?? 0) > 150, `${rows} rows`);
      const file = await download(service, user, jobId);
      const { pathname } = new URL(download_url ?? '');
      const head = await fetch(new URL(pathname, service.url), { method: 'HEAD' });
      assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(file.length)]);
      if (format === 'CSV') assert.equal(file.toString().match(/^\d+,[0-9a-f-]{36},/gm)?.length, rows);
      await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);
    });
  }
});
