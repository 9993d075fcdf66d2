import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { z } from 'zod';
import { runProgram } from '../api/programs.js';
import { stack } from '../support/stack.js';
import { CERTIFICATE, KEY } from './certificate.js';
import { describeDeeply } from '../support/depth.js';

describeDeeply('webhooks over TLS', () => {
  let server: Server;
  let port = 0;
  let authority = '';
  before(async () => {
    server = createServer({ key: KEY, cert: CERTIFICATE }, (_request, response) => {
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = z.object({ port: z.number() }).parse(server.address()).port;
    authority = join(stack().logDir, 'authority.pem');
    await writeFile(authority, CERTIFICATE);
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  const outcome = async (host: string, env: Record<string, string> = { NODE_EXTRA_CA_CERTS: authority }) =>
    (await runProgram('test/webhooks/send-tls.ts', [`https://${host}:${port}/hook`], env)).stdout;

  it('reach a receiver with a trusted certificate for its name', async () => {
    assert.equal(await outcome('hook.example'), '204');
  });

  it('reach no other receiver', async () => {
    assert.equal(await outcome('other.example'), 'The certificate of other.example is for another name.');
    assert.equal(await outcome('hook.example', {}), 'The certificate of hook.example is not from a trusted authority.');
  });
});
