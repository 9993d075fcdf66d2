import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Answer } from './answer.js';
import type { Ask } from './ask.js';
import { someUser } from './service.js';

/** A service with a worker, or an API process of one. */
interface RunningService {
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
}

/** The longest that another user may wait for a response during any attack, in ms. */
const BYSTANDER_MS = 2000;
/** On a slow machine, a response may take four times as long as without an attack, but never more than 4.5 s. */
const TIMES_ALONE = 4;
const NEVER_MS = 4500;

const jobSchema = z.looseObject({ job_id: z.string() });

/** Another user creates an export, gets it, and cancels it. @returns the slowest response time, in ms */
async function createAndCancel(service: RunningService): Promise<number> {
  const as = someUser();
  const times: number[] = [];
  const ask = async (method: string, path: string, body?: object): Promise<Answer> => {
    const startedAt = performance.now();
    const answer = await service.ask(method, path, { as, ...(body === undefined ? {} : { body }) });
    times.push(performance.now() - startedAt);
    return answer;
  };
  const created = await ask('POST', '/v1/exports', { type: 'orders', format: 'csv' });
  assert.equal(created.status, 202, created.text);
  const path = `/v1/exports/${jobSchema.parse(created.json).job_id}`;
  assert.equal((await ask('GET', path)).status, 200);
  const canceled = await ask('POST', `${path}/cancel`);
  // A small export may have completed already.
  assert.ok([202, 409].includes(canceled.status), canceled.text);
  return Math.max(...times);
}

/**
 * Other users create and cancel exports, at least once and for as long as `attack` lasts, and must get responses
 * within two seconds. The median counts, since a busy machine may be late once, and a slow machine gets more time.
 * Needs a worker.
 * @returns the result of the attack
 */
export async function withBystanders<T>(service: RunningService, attack: () => Promise<T>): Promise<T> {
  // The first export of a service waits for its worker to start.
  await createAndCancel(service).catch(() => undefined);
  const alone = await createAndCancel(service);
  const allowed = Math.min(NEVER_MS, Math.max(BYSTANDER_MS, TIMES_ALONE * alone));
  const over = new AbortController();
  const attacked = attack().finally(() => {
    over.abort();
  });
  const bystander = (async () => {
    const times: number[] = [];
    do times.push(await createAndCancel(service));
    while (!over.signal.aborted);
    const median = times.sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0;
    const waits = times.map(Math.round).join(', ');
    assert.ok(median < allowed, `bystanders waited ${waits} ms, alone ${Math.round(alone)} ms`);
  })();
  const [result] = await Promise.all([attacked, bystander]);
  return result;
}
