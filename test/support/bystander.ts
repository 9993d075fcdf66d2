import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Answer, Ask } from './ask.js';
import { someUser } from './service.js';

/** A service with a worker, or an API process of one. */
interface Asked {
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
}

/** What another user may wait for each answer, however the service is attacked meanwhile, ms. */
const BYSTANDER_MS = 2000;

const jobSchema = z.looseObject({ job_id: z.string() });

/** Runs `work` and holds it to the bystander's time. */
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  const ms = Math.round(performance.now() - startedAt);
  assert.ok(ms < BYSTANDER_MS, `a bystander's ${what} took ${ms} ms`);
  return result;
}

/** Another user creates an export, looks at it, and cancels it; each answer must come in time. */
async function createAndCancel(service: Asked): Promise<void> {
  const as = someUser();
  const created = await timed('POST', () =>
    service.ask('POST', '/v1/exports', { as, body: { type: 'orders', format: 'csv' } }),
  );
  assert.equal(created.status, 202, created.text);
  const path = `/v1/exports/${jobSchema.parse(created.json).job_id}`;
  assert.equal((await timed('GET', () => service.ask('GET', path, { as }))).status, 200);
  const canceled = await timed('cancel', () => service.ask('POST', `${path}/cancel`, { as }));
  // A small export may have completed already.
  assert.ok([202, 409].includes(canceled.status), canceled.text);
}

/**
 * Other users create and cancel exports for as long as `attack` lasts, at least once, and are answered within two
 * seconds each time.
 * @returns what the attack came to
 */
export async function withBystanders<T>(service: Asked, attack: () => Promise<T>): Promise<T> {
  // The first export of a service waits for its worker.
  await createAndCancel(service).catch(() => undefined);
  const over = new AbortController();
  const attacked = attack().finally(() => {
    over.abort();
  });
  const bystander = (async () => {
    do await createAndCancel(service);
    while (!over.signal.aborted);
  })();
  const [result] = await Promise.all([attacked, bystander]);
  return result;
}
