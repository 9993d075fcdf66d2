import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { postExport, untilEnded } from '../support/exports.js';
import { FAST, someUser, startService, type TestService } from '../support/service.js';
import { operator } from '../workflows/support.js';
import { startReceiver, type Receiver } from './receiver.js';
import { untilTried } from './support.js';

describe('a delivery to a receiver that does not answer', () => {
  let service: TestService;
  let receiver: Receiver;
  // Longer than the test may take.
  const webhook = { ...FAST.webhook, timeoutMs: 110_000, startToCloseMs: 115_000 };

  before(async () => {
    service = await startService({ tuning: { webhook } });
    await service.startWorker();
    receiver = await startReceiver();
  });
  after(async () => {
    await service.close();
    await receiver.close();
  });

  it('ends soon after its workflow is canceled, and says why', async () => {
    const user = someUser();
    const { promise: asked, resolve: ask } = Promise.withResolvers<ServerResponse>();
    receiver.answer(ask);
    const jobId = await postExport(service, user, { notify: { webhook_url: receiver.url } });
    await untilEnded(service, user, jobId);
    const closed = once(await asked, 'close');
    await operator(service, 'cancel', `notification/${jobId}/completed`);
    await closed;
    const [delivery, ...others] = await untilTried(service, user, jobId, 1);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [delivery?.status, delivery?.error, delivery?.next_attempt_at],
      ['FAILED', 'The delivery was stopped before the receiver answered.', null],
    );
  });
});
