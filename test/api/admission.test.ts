import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { v5 } from 'uuid';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { exportWorkflowId, slotsWorkflowId } from '../../shared/temporal/names.js';
import { BUILT_IN_DATASETS, createRegistry } from '../../shared/datasets/index.js';
import { hashRequest, parseExportRequest } from '../../shared/request/request.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { slotsQuery } from '../../shared/temporal/messages.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { assertProblem } from './problems.js';
import { seedFor } from './support.js';

const BODY = { type: 'orders', format: 'csv' };
/** At this deadline, a request counts as late half a second after it was sent. */
const DEADLINE_MS = 1500;

const jobIdIn = (answer: Answer): string => z.guid().parse(assertProblem(answer, 'TEMPORARILY_UNAVAILABLE').job_id);

describe('POST /v1/exports without a worker', () => {
  let service: TestService;
  const alice = someUser();
  const refused: string[] = [];

  before(async () => {
    service = await startService({ admissionDeadlineMs: DEADLINE_MS });
  });
  after(() => service.close());

  const post = (as: Principal, body: unknown = BODY, headers: Record<string, string> = {}): Promise<Answer> =>
    service.ask('POST', '/v1/exports', { as, body, headers });

  it('returns 503 with the job id, before the deadline', async () => {
    const startedAt = performance.now();
    const answer = await post(alice);
    assert.ok(performance.now() - startedAt < DEADLINE_MS + 1000);
    const jobId = jobIdIn(answer);
    assert.ok(assertProblem(answer, 'TEMPORARILY_UNAVAILABLE').detail.includes(jobId));
    assert.equal(answer.headers.get('retry-after'), '5');
    refused.push(jobId);
  });

  deeply('returns 503 for each of many concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(alice)));
    refused.push(...answers.map(jobIdIn));
    assert.equal(new Set(refused).size, 21);
  });

  deeply('returns the job after all if its row has appeared meanwhile, for the same request', async () => {
    const bob = someUser();
    const headers = { 'Idempotency-Key': 'appeared' };
    const registry = createRegistry(BUILT_IN_DATASETS);
    const requestHash = hashRequest(parseExportRequest(BODY, createRequestSchema(registry), registry));
    const jobId = v5(`${bob.tenantId}\n${bob.userId}\nappeared`, '5f0c3a52-0c2b-4c58-9a57-9d1f6a3c7e10');
    const [same, other] = [post(bob, BODY, headers), post(bob, { ...BODY, columns: ['id'] }, headers)];
    await sleep(300);
    await service.deps.jobs.insert(seedFor(bob, { jobId, requestHash, idempotencyKey: 'appeared' }));
    const { status, json } = await same;
    assert.deepEqual([status, z.looseObject({ job_id: z.string() }).parse(json).job_id], [202, jobId]);
    assertProblem(await other, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('starts nothing when a worker appears later, and leaves no row', async () => {
    await service.startWorker();
    const { client } = service.deps.temporal;
    const semaphore = client.workflow.getHandle(slotsWorkflowId(alice.tenantId, alice.userId));
    // Answered only after the requests that waited for the worker.
    assert.deepEqual(await semaphore.query(slotsQuery), { holders: {}, waiters: [], unsettled: [] });
    await sleep(300);
    const rows = await queryRows(service.databaseUrl, 'SELECT 1 FROM export_jobs WHERE user_id = $1', [alice.userId]);
    assert.deepEqual(rows, []);
    for (const jobId of refused) {
      await assert.rejects(client.workflow.getHandle(exportWorkflowId(jobId)).describe(), {
        name: 'WorkflowNotFoundError',
      });
    }
  });
});
