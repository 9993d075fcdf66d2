import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Principal } from '../../api/deps.js';
import { notificationStart } from '../../shared/temporal/notification-start.js';
import { DEFAULT_TUNING } from '../../shared/temporal/tuning.js';
import { seedFor } from '../api/support.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { queryRows } from '../support/database.js';
import { DEEP } from '../support/depth.js';
import { FAST } from '../support/service.js';
import { behind, endStage, startStage, type DoorStage } from '../workflows/doors.js';
import { cancel, mailsTo, someReader } from '../workflows/support.js';
import { startReceiver } from './receiver.js';

const SILENT_DELIVERIES = DEEP ? 100 : 40;
/** Same value as in deliver-webhook.ts. */
const PER_TENANT = 10;
const STEPS = ['post', 'mail', 'webhook', 'cancel'] as const;
type Step = (typeof STEPS)[number];
/** The promised maximum, or four times the undisturbed duration on a slow machine. */
const WITHIN_MS = 2000;
/** Without a limit per tenant, each of these waits fifteen seconds or more for receivers to time out. */
const NEVER_MS = 12_000;
const TURNS = DEEP ? 3 : 2;

describe('a tenant with many deliveries to silent receivers', function () {
  this.timeout(120_000);
  let stage: DoorStage;
  let server: Server;
  let url = '';
  const sockets = new Set<Socket>();

  before(async () => {
    // Production's timeout of fifteen seconds per receiver.
    stage = await startStage({ tuning: { webhook: DEFAULT_TUNING.webhook } });
    server = createServer((socket) => {
      // A socket that is not read never emits `end`.
      sockets.add(
        socket
          .resume()
          .on('error', () => undefined)
          .on('close', () => sockets.delete(socket)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    url = `http://127.0.0.1:${address.port}/`;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await endStage(stage);
  });

  const input = () => ({ ...FAST, webhook: DEFAULT_TUNING.webhook });
  /** A finished export and its notification. */
  async function deliver(as: Principal): Promise<string> {
    const { jobs, temporal } = stage.service.deps;
    const seed = seedFor(as);
    const job = { ...seed, request: { ...seed.request, notify: { webhook_url: url } } };
    const { jobId, tenantId, request } = job;
    await jobs.insert(job);
    await jobs.complete(
      jobId,
      { fileKey: 'k', rowCount: 5, fileSize: 50, checksum: 'crc32:0a1b2c3d', warnings: [] },
      60,
    );
    const { workflowId, ...options } = notificationStart({ jobId, tenantId, event: 'completed' }, request, input());
    await temporal.client.workflow.start('notificationWorkflow', { workflowId, ...options });
    return jobId;
  }

  /** How long another tenant's user waits at most, in ms. */
  async function slowestOf(turns: number): Promise<Record<Step, number>> {
    const { service, doors } = stage;
    const door = await doors.closed(1);
    const receiver = await startReceiver();
    const slowest = { post: 0, mail: 0, webhook: 0, cancel: 0 };
    const timed = async <T>(what: Step, work: () => Promise<T>): Promise<T> => {
      const startedAt = Date.now();
      const result = await work();
      slowest[what] = Math.max(slowest[what], Date.now() - startedAt);
      return result;
    };
    for (let turn = 0; turn < turns; turn++) {
      const user = someReader();
      const notify = { email: user.email, webhook_url: receiver.url };
      const jobId = await timed('post', () => postExport(service, user, { notify }));
      await untilEnded(service, user, jobId);
      await Promise.all([
        timed('mail', () => until('the mail', async () => (await mailsTo(user)).length > 0)),
        timed('webhook', () => until('the webhook', () => Promise.resolve(receiver.received.length > turn))),
      ]);
      const running = await postExport(service, user, behind(1));
      await door.untilWaiting();
      await timed('cancel', async () => {
        await cancel(service, user, running);
        await untilEnded(service, user, running, 'CANCELLED');
      });
    }
    await receiver.close();
    await door.open();
    return slowest;
  }

  it("does not delay other tenants' POST, mail, webhook and cancel, or use up its own attempts", async () => {
    const { service } = stage;
    const alone = await slowestOf(1);

    const busy = { userId: randomUUID(), tenantId: randomUUID() };
    const silent: string[] = [];
    while (silent.length < SILENT_DELIVERIES) {
      silent.push(...(await Promise.all(Array.from({ length: 10 }, () => deliver(busy)))));
    }
    await until('silent receivers', () => Promise.resolve(sockets.size === PER_TENANT));
    const beside = await slowestOf(TURNS);
    const connections = sockets.size;
    console.log(`      ms alone ${JSON.stringify(alone)}, beside ${JSON.stringify(beside)}`);
    for (const what of STEPS) {
      const allowed = Math.min(NEVER_MS, Math.max(WITHIN_MS, 4 * alone[what]));
      assert.ok(beside[what] < allowed, `${what}: ${beside[what]} ms, alone ${alone[what]} ms`);
    }
    assert.ok(connections <= PER_TENANT, `${connections} connections of one tenant`);

    // Deliveries that waited for their turn have recorded no attempt.
    const [{ most } = { most: 0 }] = await queryRows<{ most: number }>(
      service.databaseUrl,
      `SELECT max(attempt) AS most FROM webhook_deliveries WHERE job_id = ANY($1)`,
      [silent],
    );
    assert.ok(most <= 3, `${most} attempts`);
  });
});
