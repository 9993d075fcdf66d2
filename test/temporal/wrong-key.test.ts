import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { slotsWorkflowId } from '../../shared/temporal/names.js';
import { checkPayloadKey } from '../../shared/startup/check-payload-key.js';
import { keyIdOf } from '../../shared/temporal/payload-codec.js';
import { connectTemporal, encryptedBy } from '../../shared/temporal/client.js';
import { readPayloadKeys } from '../../shared/temporal/payload-keys.js';
import { setUpTemporal } from '../../worker/set-up-temporal.js';
import { runProgram } from '../api/programs.js';
import { assertDocumented } from '../export-csv/error-docs.js';
import { describeDeeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { keyNamed, schedulesPayloads } from './raw-payloads.js';

const YEARLY = {
  ...{ name: 'Yearly orders', cron: '0 6 1 1 *', timezone: 'Europe/Berlin' },
  request: { type: 'orders', format: 'csv', columns: ['id'], filters: { date_range: 'last_year' } },
};

describe('a process with a different PAYLOAD_KEY', () => {
  let service: TestService;
  const key = keyNamed('2026-11');

  before(async () => {
    service = await startService({ orders: 100, env: { PAYLOAD_KEY: key } });
  });
  after(() => closeCleanly(service));

  /** Connects with this key. */
  async function withKey<T>(text: string | null, work: (temporal: ReturnType<typeof connectTemporal>) => Promise<T>) {
    const keys = text === null ? undefined : (readPayloadKeys(text) ?? undefined);
    const connection = { address: stack().env.TEMPORAL_ADDRESS };
    const temporal = connectTemporal({ connection, namespace: service.namespace, ...encryptedBy(keys) });
    return work(temporal).finally(() => temporal.close());
  }
  const checked = (text: string | null): Promise<string | null> =>
    withKey(text, ({ client }) => checkPayloadKey(client));

  it('reports at startup which key it lacks', async () => {
    assert.equal(await checked(key), null);
    const sentences = await Promise.all([checked(keyNamed('2027-05')), checked(keyNamed('2026-11')), checked(null)]);
    for (const sentence of sentences) assertDocumented(sentence ?? '');
    assert.match(sentences[0] ?? '', /key "2026-11": add that key/);
    assert.match(sentences[1] ?? '', /a different key with that name/);
    assert.match(sentences[2] ?? '', /set PAYLOAD_KEY/);
  });

  it('can read schedules after setup:temporal, which names the keys that they still need', async () => {
    const user = someUser();
    const made = await service.ask('POST', '/v1/schedules', { as: user, body: YEARLY });
    assert.equal(made.status, 201, made.text);
    const young = keyNamed('2027-05');
    const needed = await withKey(`${young},${key}`, (temporal) => setUpTemporal(temporal, service.namespace));
    assert.deepEqual([...needed], ['2026-11'], 'for the memo, which Temporal cannot change');
    const found = await withKey(young, ({ client }) => schedulesPayloads(client));
    const old = found.filter(({ payload }) => keyIdOf(payload) !== '2027-05').map(({ where }) => where);
    assert.deepEqual(old.sort(), ['.memo.fields.createdAt', '.memo.fields.requestHash']);
    assert.equal(await checked(young), null);

    // Restore the keys for this test's API.
    const none = await withKey(`${key},${young}`, (temporal) => setUpTemporal(temporal, service.namespace));
    assert.deepEqual([...none], []);
    // Lists omit filters, so get the single schedule.
    const { schedule_id: id } = made.json as { schedule_id: string };
    const { text } = await service.ask('GET', `/v1/schedules/${id}`, { as: user });
    assert.ok(text.includes(JSON.stringify(YEARLY.request)), text);
  });
});

describe('setup:temporal with a PAYLOAD_KEY', () => {
  it('leaves the schedules of other applications in the namespace unchanged', async () => {
    const service = await startService();
    const plain = service.deps.temporal.client;
    const keys = readPayloadKeys(keyNamed('2026-11')) ?? undefined;
    const connection = { address: stack().env.TEMPORAL_ADDRESS };
    const encrypting = connectTemporal({ connection, namespace: service.namespace, ...encryptedBy(keys) });
    const [scheduleId, args] = ['nightly-report', ['of somebody else']];
    const action = { type: 'startWorkflow', workflowType: 'report', taskQueue: 'reports', args } as const;
    const theirs = await plain.schedule.create({
      ...{ scheduleId, spec: { intervals: [{ every: '1 day' }] }, action },
    });
    try {
      await until('it is listed', async () => (await schedulesPayloads(plain)).length > 1);
      await setUpTemporal(encrypting, service.namespace);
      assert.deepEqual((await theirs.describe()).action.args, args);
      const encrypted = await schedulesPayloads(plain);
      assert.deepEqual(encrypted.map(({ payload }) => keyIdOf(payload)).sort(), ['2026-11', null]);
    } finally {
      await theirs.delete();
      await encrypting.close();
      await closeCleanly(service);
    }
  });
});

describeDeeply('a worker with a different PAYLOAD_KEY', () => {
  let service: TestService;
  const key = keyNamed('2026-11');

  before(async () => {
    service = await startService({
      orders: 100,
      admissionDeadlineMs: 2000,
      tuning: { reapEveryMs: 60_000 },
      env: { PAYLOAD_KEY: key },
    });
  });
  after(() => closeCleanly(service));

  it('does not start', async () => {
    const { code, stderr } = await runProgram('worker/main.ts', [], { ...service.env, PAYLOAD_KEY: keyNamed('other') });
    assert.equal(code, 1);
    assert.match(stderr, /encrypted with key "2026-11": add that key to PAYLOAD_KEY/);
  });

  it('fails its workflow tasks with clear messages, a few times a minute, until a worker with the key runs them', async () => {
    const wrong = await service.startWorker({ payloadKey: keyNamed('2026-11') });
    const user = someUser();
    const { status } = await service.ask('POST', '/v1/exports', { as: user, body: { type: 'orders', format: 'csv' } });
    assert.equal(status, 503);
    const { client } = service.deps.temporal;
    const handle = client.workflow.getHandle(slotsWorkflowId(user.tenantId, user.userId));
    const failed = await until('a failed task', async () =>
      ((await handle.fetchHistory()).events ?? []).find((event) => event.workflowTaskFailedEventAttributes != null),
    );
    const message = failed.workflowTaskFailedEventAttributes?.failure?.message ?? '';
    assert.match(message, /a different key with that name/);
    assertDocumented(message);
    const watched = performance.now();
    const { user: before } = process.cpuUsage();
    await sleep(5000);
    const { raw } = await handle.describe();
    const attempts = raw.pendingWorkflowTask?.attempt ?? 0;
    assert.ok(attempts <= 12, `${attempts} attempts in ${performance.now() - watched} ms`);
    const seconds = (process.cpuUsage().user - before) / 1e6;
    assert.ok(seconds < 2.5, `${seconds} s of CPU in 5 s`);

    await service.startWorker();
    await wrong.stop();
    const jobId = await until('a slot', async () => {
      const answer = await service.ask('POST', '/v1/exports', { as: user, body: { type: 'orders', format: 'csv' } });
      return answer.status === 202 && String((answer.json as { job_id: unknown }).job_id);
    });
    await untilEnded(service, user, jobId);
    await untilEnded(service, user, await postExport(service, user));
  });
});
