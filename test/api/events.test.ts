import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { signToken } from '../../api/access/sign-token.js';
import { FINISHED } from './finished.js';
import { deeply } from '../support/depth.js';
import { JWT_SECRET } from '../support/service.js';
import { until } from '../support/exports.js';
import { assertProblem } from './problems.js';
import { seedFor, someone, StartedApis, type Overrides, type TestApi } from './support.js';

const view = z.looseObject({ job_id: z.string(), status: z.string(), progress: z.number() });
interface Event {
  readonly event: string;
  readonly data: z.infer<typeof view>;
}

const readEvents = (text: string): Event[] =>
  [...text.matchAll(/^event: (.+)\ndata: (.+)\n$/gm)].map(([, event = '', data = '']) => ({
    event,
    data: view.parse(JSON.parse(data)),
  }));

/** One event stream, parsed as it arrives. */
interface Listener {
  readonly events: () => Event[];
  readonly text: () => string;
  readonly ended: Promise<void>;
  readonly headers: Headers;
  stop(): void;
}

describe('GET /v1/exports/{job_id}/events', () => {
  const apis = new StartedApis();
  afterEach(() => apis.close());

  async function start(overrides: Overrides = {}): Promise<{ api: TestApi; alice: Principal; jobId: string }> {
    const api = await apis.start(overrides);
    const alice = someone();
    const { jobId } = seedFor(alice);
    await api.deps.jobs.insert(seedFor(alice, { jobId }));
    await api.deps.jobs.markProcessing(jobId);
    return { api, alice, jobId };
  }

  async function listen(api: TestApi, as: Principal, jobId: string, headers = {}): Promise<Listener> {
    const controller = new AbortController();
    const response = await fetch(`${api.url}/v1/exports/${jobId}/events`, {
      headers: { Authorization: `Bearer ${await signToken(JWT_SECRET, { ...as, ttlSeconds: 60 })}`, ...headers },
      signal: controller.signal,
    });
    assert.equal(response.status, 200);
    let text = '';
    const read = async (): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
    };
    return {
      events: () => readEvents(text),
      text: () => text,
      ended: read().catch(() => undefined),
      headers: response.headers,
      stop: () => {
        controller.abort();
      },
    };
  }

  it('sends the current state, each change and the end, then closes', async () => {
    const { api, alice, jobId } = await start();
    const listener = await listen(api, alice, jobId, { 'Last-Event-ID': 'whatever' });
    assert.equal(listener.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(listener.headers.get('cache-control'), 'no-store');
    await until('the first event', () => Promise.resolve(listener.events().length > 0), 2000);
    await api.deps.jobs.raiseProgress(jobId, 40);
    await until('progress', () => Promise.resolve(listener.events().at(-1)?.data.progress === 40), 5000);
    await api.deps.jobs.complete(jobId, FINISHED, 60);
    await listener.ended;
    const events = listener.events();
    assert.ok(events.slice(0, -1).every(({ event }) => event === 'progress'));
    const last = events.at(-1);
    assert.deepEqual([last?.event, last?.data.status, last?.data.progress], ['end', 'COMPLETED', 100]);
    // The same state that GET returns.
    const { json } = await api.ask('GET', `/v1/exports/${jobId}`, { as: alice });
    assert.deepEqual(last?.data, json);
  });

  it('sends only the end if the export has already ended, as documented', async () => {
    const { api, alice, jobId } = await start();
    await api.deps.jobs.complete(jobId, FINISHED, 60);
    const { status, text } = await api.ask('GET', `/v1/exports/${jobId}/events`, { as: alice });
    assert.equal(status, 200);
    assert.deepEqual(
      readEvents(text).map(({ event }) => event),
      ['end'],
    );
  });

  deeply('reads the row once a second, however many clients listen, and not after they disconnect', async () => {
    const { api, alice, jobId } = await start({ settings: { maxEventStreams: 500 } });
    let looks = 0;
    const find = api.deps.jobs.find.bind(api.deps.jobs);
    api.deps.jobs.find = (id) => {
      looks++;
      return find(id);
    };
    const listeners = await Promise.all(Array.from({ length: 500 }, () => listen(api, alice, jobId)));
    await until(
      'the first event of each',
      () => Promise.resolve(listeners.every((listener) => listener.events().length > 0)),
      10_000,
    );
    looks = 0;
    await sleep(3000);
    assert.ok(looks >= 1 && looks <= 3, `${looks} reads in 3 s`);
    for (const listener of listeners) listener.stop();
    await Promise.all(listeners.map(({ ended }) => ended));
    await sleep(1200);
    looks = 0;
    await sleep(1500);
    assert.equal(looks, 0);
  });

  it('limits the streams of a user: one too many gets a 429 until another is closed', async () => {
    const { api, alice, jobId } = await start({ settings: { maxEventStreams: 2 } });
    const open = [await listen(api, alice, jobId), await listen(api, alice, jobId)];
    const third = await api.ask('GET', `/v1/exports/${jobId}/events`, { as: alice });
    assertProblem(third, 'TOO_MANY_STREAMS');
    assert.equal(third.headers.get('retry-after'), '5');
    open[0]?.stop();
    await open[0]?.ended;
    const again = await until('room', () => listen(api, alice, jobId).catch(() => null), 2000);
    for (const listener of [...open, again]) listener.stop();
  });

  it('ends when the process shuts down', async () => {
    const stopping = new AbortController();
    const { api, alice, jobId } = await start({ stopping: stopping.signal });
    const listener = await listen(api, alice, jobId);
    await until('the first event', () => Promise.resolve(listener.events().length > 0), 2000);
    stopping.abort();
    await listener.ended;
    assert.ok(listener.events().every(({ event }) => event === 'progress'));
    const late = await listen(api, alice, jobId);
    await late.ended;
  });

  deeply('sends a slow client only the latest state once it reads again, without buffering the others', async () => {
    const { api, alice, jobId } = await start();
    const { port } = new URL(api.url);
    const token = await signToken(JWT_SECRET, { ...alice, ttlSeconds: 60 });
    // States of 4 MB fill all buffers between server and client at once.
    const { jobs } = api.deps;
    const find = jobs.find.bind(jobs);
    let looks = 0;
    jobs.find = async (id) => {
      const row = await find(id);
      looks++;
      return row === null ? null : { ...row, error_message: `${looks}`.padEnd(4_000_000, 'x') };
    };
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    socket.write(`GET /v1/exports/${jobId}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    const before = looks;
    await until('some states', () => Promise.resolve(looks >= before + 5), 10_000);
    await find(jobId);
    await jobs.complete(jobId, FINISHED, 60);
    await sleep(1500);
    let text = '';
    for await (const chunk of socket.resume()) {
      text += (chunk as Buffer).toString('latin1');
      if (text.includes('event: end') && text.endsWith('0\r\n\r\n')) break;
    }
    socket.destroy();
    const events = text.match(/event: (progress|end)/g) ?? [];
    assert.equal(events.at(-1), 'event: end');
    assert.ok(events.length < looks - 1, `${events.length} events of ${looks} states`);
  });

  it('closes with an event when the token expires, and sends nothing after it', async () => {
    const { api, alice, jobId } = await start();
    const authorization = `Bearer ${await signToken(JWT_SECRET, { ...alice, ttlSeconds: 2 })}`;
    const startedAt = performance.now();
    // `ask` checks the whole stream against the contract once it has ended.
    const { status, text } = await api.ask('GET', `/v1/exports/${jobId}/events`, { authorization });
    assert.equal(status, 200);
    assert.ok(performance.now() - startedAt > 800);
    const blocks = text.trimEnd().split('\n\n');
    assert.ok(blocks.some((block) => block.includes('event: progress')));
    const [, data = ''] = /^event: expired\ndata: (.+)$/.exec(blocks.at(-1) ?? '') ?? [];
    const problem = z.looseObject({ code: z.string(), detail: z.string() }).parse(JSON.parse(data));
    assert.deepEqual([problem.code, problem.detail], ['UNAUTHENTICATED', 'The token has expired.']);
  });

  for (const [title, sql] of [
    ['its row is deleted', 'DELETE FROM export_jobs WHERE job_id = $1'],
    [
      'the administrator who listens is erased',
      "UPDATE export_jobs SET user_ref = 'user_42', requested_by_ref = NULL WHERE job_id = $1",
    ],
  ] as const) {
    it(`closes with an event when ${title}, and shows no data of the export after that`, async () => {
      const { api, alice, jobId } = await start();
      const listener = await listen(api, alice, jobId);
      await until('the first event', () => Promise.resolve(listener.events().length > 0), 2000);
      await api.pool.query(sql, [jobId]);
      await listener.ended;
      const [, data = ''] = /\n\nevent: gone\ndata: (.+)\n\n$/.exec(listener.text()) ?? [];
      assert.equal(z.looseObject({ code: z.string() }).parse(JSON.parse(data)).code, 'NOT_FOUND');
    });
  }

  it("returns 404 for another user's export", async () => {
    const { api, jobId } = await start();
    assertProblem(await api.ask('GET', `/v1/exports/${jobId}/events`, { as: someone() }), 'NOT_FOUND');
  });
});
