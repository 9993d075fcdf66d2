import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { BUILT_IN_DATASETS, defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { keyIdOf } from '../../shared/temporal/payload-codec.js';
import { connectTemporal } from '../../shared/temporal/client.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { operatorsReason } from '../support/failures.js';
import { closeCleanly } from '../support/leak-guard.js';
import { findSecrets, type KnownSecrets } from '../support/secrets.js';
import { startService, type TestService } from '../support/service.js';
import type { RunningWorker } from '../support/test-worker.js';
import { stack } from '../support/stack.js';
import { startReceiver, type Receiver } from '../webhooks/receiver.js';
import { DATASETS_WITH_DOORS, Doors, behind, endStage } from '../workflows/doors.js';
import { someReader, untilMailed } from '../workflows/support.js';
import { keyNamed, payloadsOfHistory, schedulesPayloads } from './raw-payloads.js';

const { columns, key, tenantColumn } = orders;

describe('with PAYLOAD_KEY', () => {
  let service: TestService;
  let receiver: Receiver;
  const user = someReader();
  const mark = randomUUID().replaceAll('-', '');
  const ledger = defineDataset({
    ...{ name: 'ledger', title: 'Ledger', table: `ledger_${mark}`, key, tenantColumn, columns },
    filters: { email: { kind: 'contains', column: 'email' } },
  });

  before(async () => {
    receiver = await startReceiver();
    service = await startService({
      orders: 100,
      datasets: [...BUILT_IN_DATASETS, ledger],
      env: { PAYLOAD_KEY: keyNamed('first') },
    });
    await queryRows(service.databaseUrl, `CREATE VIEW ledger_${mark} AS SELECT * FROM orders`);
    await service.startWorker();
  });
  after(async () => {
    await receiver.close();
    await closeCleanly(service);
  });

  it('no personal data reaches Temporal in plain text: not from an export, a failure, a mail, a webhook or a schedule', async () => {
    const secrets: KnownSecrets = {
      'the address of the mail': user.email,
      'the path of the webhook': `hook-${randomUUID()}`,
      'the value of a filter': randomUUID(),
      'the name of an export': `Export ${randomUUID()}`,
      'the header of a column': `Header ${randomUUID()}`,
      'the name of a schedule': `Schedule ${randomUUID()}`,
      "the database's error message": `ledger_${mark}`,
    };
    const notify = { email: user.email, webhook_url: `${receiver.url}/${secrets['the path of the webhook']}` };
    const body = {
      type: 'ledger',
      name: secrets['the name of an export'],
      columns: [{ name: 'id', as: secrets['the header of a column'] }],
      filters: { email: secrets['the value of a filter'] },
      notify,
    };
    const jobId = await postExport(service, user, body);
    await untilEnded(service, user, jobId);
    const schedule = await service.ask('POST', '/v1/schedules', {
      as: user,
      body: {
        name: secrets['the name of a schedule'],
        cron: '0 6 1 1 *',
        timezone: 'Europe/Berlin',
        request: { ...body, format: 'csv' },
      },
    });
    assert.equal(schedule.status, 201, schedule.text);
    const listed = await service.ask('GET', '/v1/schedules', { as: user });
    assert.ok(listed.text.includes(secrets['the name of a schedule'] ?? ''), 'the API can read it');

    await queryRows(service.databaseUrl, `DROP VIEW ledger_${mark}`);
    const failed = await postExport(service, user, body);
    await untilEnded(service, user, failed, 'FAILED');
    assert.match(
      await operatorsReason(service, failed),
      new RegExp(`ledger_${mark}`),
      'a client with the key can read it',
    );
    await until('both webhooks', () => Promise.resolve(receiver.received.length === 2));
    await untilMailed(user);

    const found = await findSecrets(stack(), secrets);
    assert.deepEqual(
      found.filter((line) => line.includes('/temporal/')),
      [],
    );
    // As the server returns them to a client without a key.
    const plain = connectTemporal({
      connection: { address: stack().env.TEMPORAL_ADDRESS },
      namespace: service.namespace,
    });
    try {
      const seen: string[] = [];
      for await (const { workflowId } of plain.client.workflow.list()) {
        const payloads = await payloadsOfHistory(plain.client, workflowId);
        seen.push(workflowId);
        for (const { where, payload } of payloads) assert.equal(keyIdOf(payload), 'first', `${workflowId} ${where}`);
      }
      assert.ok(seen.some((id) => id.startsWith('export/')) && seen.some((id) => id.startsWith('notification/')));
      const ofSchedules = await schedulesPayloads(plain.client);
      assert.ok(ofSchedules.length >= 4, 'arguments, memo and summary');
      for (const { where, payload } of ofSchedules) assert.equal(keyIdOf(payload), 'first', where);
    } finally {
      await plain.close();
    }
  });
});

describe('a payload key', () => {
  let service: TestService;
  let doors: Doors;
  let first: RunningWorker;
  const [old, young] = [keyNamed('old'), keyNamed('young')];

  before(async () => {
    service = await startService({ datasets: DATASETS_WITH_DOORS, env: { PAYLOAD_KEY: `${old},${young}` } });
    doors = await Doors.of(service);
    first = await service.startWorker();
  });
  after(() => endStage({ service, doors }));

  it('can be rotated in the middle of a running export', async () => {
    const door = await doors.closed(1);
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    // The next worker encrypts with the other key, and the first one stops.
    await service.startWorker({ payloadKey: `${young},${old}` });
    await first.stop();
    await door.open();
    await untilEnded(service, user, jobId, 'COMPLETED', 60_000);
    const { client } = service.deps.temporal;
    const keys = new Set((await payloadsOfHistory(client, `export/${jobId}`)).map(({ payload }) => keyIdOf(payload)));
    assert.deepEqual([...keys].sort(), ['old', 'young']);
  });
});
