import assert from 'node:assert/strict';
import { z } from 'zod';
import { NOTIFICATION_EVENTS } from '../../shared/contract.js';
import { messageSchema, type WebhookMessage } from '../../shared/webhooks/message.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { someUser } from '../support/service.js';
import { behind, endStage, startStage, type Door, type DoorStage } from '../workflows/doors.js';
import { cancel, operateOn } from '../workflows/support.js';
import { startReceiver, type Receiver } from './receiver.js';
import { requestRedelivery, untilTried } from './support.js';

/** As documented in the contract. */
const message = z.union(NOTIFICATION_EVENTS.map(messageSchema));

describe('a webhook', () => {
  let stage: DoorStage;
  let receiver: Receiver;
  let door: Door;
  const user = someUser();

  before(async () => {
    stage = await startStage({ tuning: { reapEveryMs: 300 } });
    door = await stage.doors.closed(1);
  });
  after(async () => {
    await endStage(stage);
  });
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  const notify = (): object => ({ notify: { webhook_url: receiver.url } });
  const told = async (): Promise<WebhookMessage> => {
    const { body } = await until('a message', () => Promise.resolve(receiver.received[0]));
    return message.parse(JSON.parse(body));
  };
  async function started(): Promise<string> {
    const jobId = await postExport(stage.service, user, { ...behind(1), ...notify() });
    await door.untilWaiting();
    return jobId;
  }

  it('reports a failed export and the reason', async () => {
    await queryRows(stage.service.databaseUrl, 'ALTER TABLE transactions RENAME TO transactions_of_yore');
    const jobId = await postExport(stage.service, user, { type: 'transactions', ...notify() });
    await untilEnded(stage.service, user, jobId, 'FAILED');
    const { type, data } = await told();
    assert.deepEqual(
      [type, data.status, data.error_code, data.download_url],
      ['export.failed', 'FAILED', 'DATASET_UNAVAILABLE', null],
    );
  });

  deeply('reports an export that an operator canceled', async () => {
    await operateOn(stage.service, 'cancel', await started());
    const { type, data } = await told();
    assert.deepEqual([type, data.status], ['export.cancelled', 'CANCELLED']);
  });

  deeply('reports an export that an operator terminated', async () => {
    await operateOn(stage.service, 'terminate', await started());
    const { type, data } = await told();
    assert.deepEqual([type, data.error_code], ['export.failed', 'TERMINATED']);
  });

  it("doesn't notify users of their own actions, unless requested", async () => {
    const jobId = await started();
    const { status } = await stage.service.ask('POST', `/v1/exports/${jobId}/deliveries`, { as: user });
    assert.equal(status, 409);
    await cancel(stage.service, user, jobId);
    await untilEnded(stage.service, user, jobId, 'CANCELLED');
    await requestRedelivery(stage.service, user, jobId);
    const tries = await untilTried(stage.service, user, jobId, 1);
    assert.deepEqual(
      tries.map(({ event, attempt }) => [event, attempt]),
      [['export.cancelled', 1]],
    );
    assert.equal(receiver.received.length, 1);
  });
});
