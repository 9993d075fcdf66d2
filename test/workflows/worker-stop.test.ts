import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeDeeply, LONG } from '../support/depth.js';
import { postExport, untilEnded } from '../support/exports.js';
import { attemptsAfterTheFirst } from '../support/history.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { untilPlanIsDue } from './support.js';

/** Whether a response from Temporal arrives during the shutdown is luck, so one run proves nothing. */
const STOPS = LONG ? 10 : 2;
const USERS = 15;

describeDeeply('a worker that stops', function () {
  this.timeout(300_000);
  let service: TestService;

  before(async () => {
    service = await startService({ orders: 200, singleTenant: true, dataSlots: 20 });
    await service.startWorker({ role: 'control' });
  });
  after(() => closeCleanly(service));

  it('loses no activity that another worker could have run', async () => {
    for (let stop = 0; stop < STOPS; stop++) {
      const exports = await Promise.all(
        Array.from({ length: USERS }, someUser).flatMap((user) =>
          [1, 2].map(async () => ({ user, jobId: await postExport(service, user) })),
        ),
      );
      await Promise.all(exports.map(({ jobId }) => untilPlanIsDue(service, jobId)));
      // All activities are waiting, so both workers get them as fast as Temporal can dispatch.
      const staying = await service.startWorker({ role: 'data', drainMs: 20_000 });
      const leaving = await service.startWorker({ role: 'data', drainMs: 20_000 });
      await sleep((stop * 50) / STOPS);
      await leaving.stop();
      for (const { user, jobId } of exports) await untilEnded(service, user, jobId);
      const again = await Promise.all(exports.map(({ jobId }) => attemptsAfterTheFirst(service, jobId)));
      assert.deepEqual(again.flat(), [], `stop ${stop + 1} of ${STOPS}`);
      await staying.stop();
    }
  });
});
