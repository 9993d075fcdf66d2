import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import type { Stack } from '../../dev/stack/stack.js';
import { runProgram } from '../api/programs.js';
import { startApiProcess } from '../support/api-process.js';
import { describeDeeply } from '../support/depth.js';
import { download, postExport, untilEnded } from '../support/exports.js';
import { orSkip } from '../support/or-skip.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { stack, stackBeside } from '../support/stack.js';
import { launchWorker } from '../support/worker-process.js';
import { makeCertificates, type Certificates } from './certificates.js';

/** Terminates TLS in front of a plain server; clients need a certificate from the same authority. */
async function terminateTls(address: string, { authority, certificate, key }: Certificates): Promise<Server> {
  const [ca, cert, privateKey] = await Promise.all([authority, certificate, key].map((file) => readFile(file)));
  const { hostname, port } = new URL(`tcp://${address}`);
  const options = { ca, cert, key: privateKey, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] };
  const server = createServer(options, (socket) => {
    const behind = connect(Number(port), hostname);
    const pair: readonly (readonly [Socket, Socket])[] = [
      [socket, behind],
      [behind, socket],
    ];
    for (const [from, to] of pair) {
      from.on('error', () => to.destroy()).pipe(to);
    }
  });
  // A client without a certificate.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describeDeeply('a Temporal server with mutual TLS and a private authority', () => {
  let folder: string;
  let server: Server;
  let service: TestService;
  let programs: Stack;
  let env: Readonly<Record<string, string>>;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'export-service-temporal-tls-'));
    const certificates = await orSkip(this, () => makeCertificates(folder));
    server = await terminateTls(stack().env.TEMPORAL_ADDRESS, certificates);
    [service, programs] = await Promise.all([startService(), stackBeside()]);
    const address = server.address();
    assert(typeof address === 'object' && address !== null);
    env = {
      TEMPORAL_ADDRESS: `localhost:${address.port}`,
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.authority,
      TEMPORAL_TLS_CLIENT_CERT_PATH: certificates.certificate,
      TEMPORAL_TLS_CLIENT_KEY_PATH: certificates.key,
    };
  });
  after(async () => {
    await programs.stop();
    await service.close();
    server.close();
    await rm(folder, { recursive: true });
  });

  it('runs an export from its request to its file', async () => {
    const me = someUser();
    const setUp = await runProgram('worker/setup-temporal.ts', [], { ...service.env, ...env });
    assert.equal(setUp.code, 0, setUp.stderr);
    const worker = await launchWorker(programs, service, 'tls-worker', env);
    const api = await startApiProcess(service, env);
    const jobId = await postExport({ ...service, ask: (...request) => api.ask(...request) }, me);
    const { row_count: rows } = await untilEnded(service, me, jobId);
    assert((await download(service, me, jobId)).toString().split('\n').length > (rows ?? Infinity));
    await api.stop();
    await worker.stop();
  });

  it('rejects a worker without a trusted certificate, and is rejected by one that does not trust it', async () => {
    for (const missing of ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', 'TEMPORAL_TLS_CLIENT_CERT_PATH']) {
      const { code, stderr } = await runProgram('worker/main.ts', [], { ...service.env, ...env, [missing]: '' });
      assert.equal(code, 1);
      assert.match(stderr, /^Temporal at localhost:\d+ does not answer/);
    }
  });
});
