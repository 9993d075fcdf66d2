import assert from 'node:assert/strict';
import { assertProblem } from '../api/problems.js';
import { readJob, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { someUser, startService, type TestService } from '../support/service.js';

const BODY = { type: 'orders', format: 'csv' };

describe('a token with few scopes', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ orders: 5 });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  it('without exports:read gets no link to a file, not even for a repeated request or run', async () => {
    const user = someUser();
    const writer = { ...user, scopes: ['exports:write'] };
    const saved = await service.ask('POST', '/v1/saved-exports', { as: writer, body: { name: 'x', request: BODY } });
    const { saved_export_id: id } = saved.json as { saved_export_id: string };
    for (const [path, body] of [
      ['/v1/exports', { body: BODY }],
      [`/v1/saved-exports/${id}/run`, {}],
    ] as const) {
      const post = (as: typeof user) =>
        service.ask('POST', path, { as, ...body, headers: { 'Idempotency-Key': path } });
      const { job_id: jobId } = (await post(writer)).json as { job_id: string };
      await untilEnded(service, user, jobId);
      const shown = async (as: typeof user) => (await post(as)).json as { status: string; download_url: string | null };
      const { status, download_url: url } = await shown(writer);
      assert.deepEqual([status, url], ['COMPLETED', null]);
      const { download_url: own } = await readJob(service, user, jobId);
      assert.equal((await shown(user)).download_url, own);
    }
  });

  it('without exports:write can neither preview rows nor estimate how many a filter finds', async () => {
    const reader = { ...someUser(), scopes: ['exports:read'] };
    for (const path of ['/v1/exports/preview', '/v1/exports/estimate']) {
      const answer = await service.ask('POST', path, { as: reader, body: { ...BODY, filters: { status: ['paid'] } } });
      assert.equal(assertProblem(answer, 'FORBIDDEN').needed_scope, 'exports:write');
    }
  });
});
