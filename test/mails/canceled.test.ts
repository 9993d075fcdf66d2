import assert from 'node:assert/strict';
import { until } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { FAST, startService, type TestService } from '../support/service.js';
import { operator, someReader, statusOf } from '../workflows/support.js';
import { notify } from './notify.js';
import { startStallingServer, type StallingServer } from './stalling-server.js';

/** An attempt's timeout is longer than the tests wait. */
const TUNING = { ...FAST, mail: { ...FAST.mail, startToCloseMs: 30_000 } };
/** A send gives up after 15 s of silence. */
const AT_MOST_MS = 12_000;

describe('a mail whose server stalls', function () {
  this.timeout(60_000);
  let service: TestService;
  let server: StallingServer;
  let connections = 0;
  beforeEach(async () => {
    connections = 0;
    server = await startStallingServer((socket) => {
      connections += 1;
      socket.write('220 mail.example ESMTP\r\n');
    });
    const env = { RESEND_API_KEY: '', SMTP_URL: `smtp://127.0.0.1:${server.port}` };
    service = await startService({ orders: 10, env });
  });
  afterEach(async () => {
    await closeCleanly(service);
    await server.close();
  });
  const connected = (): Promise<unknown> => until('a connection', () => Promise.resolve(connections > 0));

  it('ends when its workflow is canceled', async () => {
    await service.startWorker();
    const { workflowId } = await notify(service, someReader(), 'completed', TUNING);
    await connected();
    const startedAt = Date.now();
    await operator(service, 'cancel', workflowId);
    await until('its end', async () => (await statusOf(service, workflowId)) === 'CANCELLED', 20_000);
    await server.untilLeft();
    assert.ok(Date.now() - startedAt < AT_MOST_MS, `${Date.now() - startedAt} ms`);
    assert.equal(connections, 1);
  });

  it('ends when its worker stops', async () => {
    const worker = await service.startWorker();
    await notify(service, someReader(), 'completed', TUNING);
    await connected();
    const startedAt = Date.now();
    await worker.stop();
    await server.untilLeft();
    assert.ok(Date.now() - startedAt < AT_MOST_MS, `${Date.now() - startedAt} ms`);
  });
});
