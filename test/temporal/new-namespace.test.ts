import assert from 'node:assert/strict';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { randomUUID } from 'node:crypto';
import { connectTemporal } from '../../shared/temporal/client.js';
import { checkPayloadKeyWithRetries } from '../../shared/startup/check-payload-key.js';
import { setUpTemporal } from '../../worker/set-up-temporal.js';
import { stack } from '../support/stack.js';

describe('a newly registered namespace', () => {
  it('allows every process to start, although its schedule takes a while to respond', async () => {
    const address = stack().env.TEMPORAL_ADDRESS;
    const namespace = `test-${randomUUID()}`;
    const connection = await Connection.connect({ address });
    const workflowExecutionRetentionPeriod = msToTs('1 day');
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    await connection.close();
    const temporal = connectTemporal({ connection: { address }, namespace });
    try {
      await setUpTemporal(temporal, namespace);
      const check = (): Promise<string | null> =>
        checkPayloadKeyWithRetries(temporal.client, 30_000, (reason) => {
          assert.fail(`The schedule never responded: ${reason}`);
        });
      assert.deepEqual(await Promise.all([check(), check(), check()]), [null, null, null]);
    } finally {
      await temporal.close();
    }
  });
});
