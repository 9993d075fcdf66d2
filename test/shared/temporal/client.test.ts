import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { z } from 'zod';
import { checkTemporal } from '../../../shared/startup/checks.js';
import { connectTemporal, temporalAddress, TemporalSettingsError } from '../../../shared/temporal/client.js';
import { stack } from '../../support/stack.js';
import { CERTIFICATE, KEY } from '../../webhooks/certificate.js';

/** Tests the variables of docs/deployment.md with a Temporal server that requires TLS client certificates. */
describe('Temporal over TLS', () => {
  let server: Server;
  let address = '';
  let files: Record<'certificate' | 'key', string>;
  const seen: (string | undefined)[] = [];
  const sockets = new Set<Socket>();

  before(async () => {
    const [host = '', port = ''] = stack().env.TEMPORAL_ADDRESS.split(':');
    const options = { key: KEY, cert: CERTIFICATE, ca: CERTIFICATE, requestCert: true, ALPNProtocols: ['h2'] };
    server = createServer({ ...options, rejectUnauthorized: false }, (socket: TLSSocket) => {
      // An empty object stands for no certificate.
      const { subject } = socket.getPeerCertificate() as { subject?: { CN: string } };
      seen.push(subject?.CN);
      const onward = connect(Number(port), host);
      for (const end of [socket, onward]) {
        sockets.add(end);
        end.on('error', () => undefined);
        end.on('close', () => {
          socket.destroy();
          onward.destroy();
        });
      }
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
    files = { certificate: join(stack().logDir, 'temporal.pem'), key: join(stack().logDir, 'temporal.key') };
    await Promise.all([writeFile(files.certificate, CERTIFICATE), writeFile(files.key, KEY)]);
  });
  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (name.startsWith('TEMPORAL_')) Reflect.deleteProperty(process.env, name);
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('works with a client certificate, a private authority and a server name', async () => {
    Object.assign(process.env, {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_TLS_CLIENT_CERT_PATH: files.certificate,
      TEMPORAL_TLS_CLIENT_KEY_PATH: files.key,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: files.certificate,
      TEMPORAL_TLS_SERVER_NAME: 'hook.example',
    });
    const { connection, namespace } = temporalAddress(undefined);
    assert.equal(namespace, 'default');
    const temporal = connectTemporal({ connection, namespace });
    assert.equal(await checkTemporal(temporal.client), null);
    await temporal.close();
    assert.deepEqual([...new Set(seen)], ['hook.example']);
  });

  it('treats an empty variable as unset', () => {
    Object.assign(process.env, { TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: '', TEMPORAL_TLS_CLIENT_CERT_PATH: '' });
    const { connection, namespace } = temporalAddress(undefined);
    assert.deepEqual([connection.tls, connection.apiKey, namespace], [undefined, undefined, 'default']);
  });

  it('reports a missing certificate', () => {
    Object.assign(process.env, { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere/ca.pem' });
    assert.throws(
      () => temporalAddress(undefined),
      (error) => error instanceof TemporalSettingsError && error.message.includes('/nowhere/ca.pem'),
    );
  });

  it('accepts an API key, which enables TLS', () => {
    Object.assign(process.env, { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'n', TEMPORAL_API_KEY: 'key' });
    const { connection, namespace } = temporalAddress(undefined);
    assert.deepEqual([connection.address, connection.tls, connection.apiKey, namespace], [address, true, 'key', 'n']);
  });
});
