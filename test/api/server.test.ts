import express from 'express';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { bornForExpress } from '../../api/http/born-for-express.js';
import { ListenError, serve } from '../../api/server.js';

const HERE = { host: '127.0.0.1', port: 0 };
const answerAfter =
  (ms: number): RequestListener =>
  (_request, response) => {
    void sleep(ms).then(() => response.end('done'));
  };

async function ask(port: number, agent?: Agent): Promise<string> {
  const request = get({ host: HERE.host, port, ...(agent === undefined ? {} : { agent }) });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('a server that is stopped', () => {
  it('finishes requests in progress, and accepts no more', async () => {
    const server = await serve(answerAfter(300), HERE);
    const begun = ask(server.port);
    await sleep(100);
    const closed = server.close(5000);
    await assert.rejects(ask(server.port), { code: 'ECONNREFUSED' });
    assert.equal(await begun, 'done');
    await closed;
  });

  it('does not wait for idle keep-alive connections', async () => {
    const agent = new Agent({ keepAlive: true });
    const server = await serve(answerAfter(100), HERE);
    const begun = ask(server.port, agent);
    await sleep(50);
    const startedAt = performance.now();
    const closed = server.close(5000);
    assert.equal(await begun, 'done');
    await closed;
    assert.ok(performance.now() - startedAt < 1000);
    agent.destroy();
  });

  it('aborts requests that exceed the shutdown timeout', async () => {
    const server = await serve(answerAfter(5000), HERE);
    const begun = assert.rejects(ask(server.port), { code: 'ECONNRESET' });
    await sleep(50);
    await server.close(100);
    await begun;
  });

  it('reports in one sentence that its port is in use', async () => {
    const server = await serve(answerAfter(0), HERE);
    const { port } = server;
    await assert.rejects(serve(answerAfter(0), { ...HERE, port }), (error: unknown) => {
      assert.ok(error instanceof ListenError);
      assert.equal(error.message, `The API cannot listen on 127.0.0.1:${port}: another process listens there.`);
      return true;
    });
    await server.close(0);
  });
});

describe('requests and responses served by Express', () => {
  it('have their final prototypes from the start', async () => {
    const app = express();
    app.get('/', (request, response) => {
      response.json({ path: request.path });
    });
    const prototypes: unknown[][] = [];
    const of = (...objects: object[]): void => {
      prototypes.push(objects.map((object): unknown => Object.getPrototypeOf(object)));
    };
    const watched: RequestListener = (request, response) => {
      of(request, response);
      app(request, response);
      of(request, response);
    };
    const server = await serve(watched, HERE, bornForExpress(app));
    assert.equal(await ask(server.port), '{"path":"/"}');
    const [born, answered] = prototypes;
    assert(born !== undefined && answered !== undefined);
    for (const [i, prototype] of born.entries()) assert.equal(prototype, answered[i]);
    await server.close(0);
  });
});
