import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createNamespace } from '../../dev/stack/create-namespace.js';
import type { Stack } from '../../dev/stack/stack.js';
import { SERVICE_DYNAMIC_CONFIG } from '../../dev/stack/dynamic-config.js';
import { connectTemporal } from '../../shared/temporal/client.js';
import { ownerSearchAttributes } from '../../shared/temporal/search-attributes.js';
import { setUpTemporal } from '../../worker/set-up-temporal.js';
import { describeDeeply } from '../support/depth.js';
import { postExport, untilEnded } from '../support/exports.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { stackOnTemporalServer } from '../support/temporal-server.js';

const BUILD_MS = 20 * 60_000;

describeDeeply('the real Temporal server on PostgreSQL', function () {
  this.timeout(BUILD_MS);
  let own: Stack;
  let service: TestService;
  const ends: (() => Promise<void>)[] = [];

  before(async function () {
    own = await stackOnTemporalServer(this, { dynamicConfig: SERVICE_DYNAMIC_CONFIG });
    ends.unshift(() => own.stop());
    service = await startService({ orders: 100, stackEnv: own.env });
    ends.unshift(() => service.close());
    await service.startWorker();
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it('runs an export', async () => {
    const user = someUser();
    const { row_count: rows } = await untilEnded(service, user, await postExport(service, user));
    assert.equal(rows, 100);
  });

  it('accepts the search attributes of a new namespace as soon as it is set up', async () => {
    const namespace = `fresh-${randomUUID()}`;
    const { TEMPORAL_ADDRESS: address } = own.env;
    await createNamespace(address, namespace);
    const temporal = connectTemporal({ connection: { address }, namespace });
    try {
      await setUpTemporal(temporal, namespace);
      await temporal.client.workflow.start('any', {
        workflowId: 'any',
        taskQueue: 'none',
        typedSearchAttributes: ownerSearchAttributes(someUser()),
      });
    } finally {
      await temporal.close();
    }
  });

  it('continues after a restart', async () => {
    await own.services.temporal.stop();
    await own.services.temporal.start();
    const user = someUser();
    await untilEnded(service, user, await postExport(service, user));
  });
});
