import assert from 'node:assert/strict';
import { z } from 'zod';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, type TestService } from '../support/service.js';
import { keyNamed } from '../temporal/raw-payloads.js';
import { someReader, untilMailed } from './support.js';

const NAME = 'Paid orders, Q3';
/** The most bytes that a name can have. */
const LONGEST = '山'.repeat(100);

describe('the name of an export', () => {
  let service: TestService;

  before(async () => {
    // Encryption lengthens the summary, and Temporal limits its length.
    service = await startService({ orders: 100, env: { PAYLOAD_KEY: keyNamed('n'.repeat(64)) } });
    await service.startWorker();
  });
  after(() => closeCleanly(service));

  // Call it after the export has ended: without an Idempotency-Key, a POST doesn't wait until the start is confirmed.
  const summaryOf = async (jobId: string): Promise<unknown> => {
    const handle = service.deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId));
    return (await handle.describe()).staticSummary();
  };

  it("is in the answer, in Temporal, in the name of the file and in the mail's subject", async () => {
    const user = someReader();
    const jobId = await postExport(service, user, { name: NAME });
    const { name, file_name: fileName } = z
      .looseObject({ name: z.string(), file_name: z.string() })
      .parse(await untilEnded(service, user, jobId));
    assert.equal(await summaryOf(jobId), `\`${NAME}\`: orders as CSV`);
    assert.equal(name, NAME);
    assert.match(fileName, /^Paid-orders-Q3-\d{4}-\d\d-\d\d-[0-9a-f]{8}\.csv$/);
    assert.deepEqual(await untilMailed(user), [`Your export “${NAME}” is ready`]);
    const { headers } = await service.ask('GET', `/v1/exports/${jobId}/download`, { as: user });
    assert.ok(decodeURIComponent(headers.get('location') ?? '').includes(fileName));
  });

  for (const name of ['山'.repeat(100), '🙂'.repeat(100), '"'.repeat(100), `${'x'.repeat(99)}é`]) {
    it(`fits into Temporal as the name of a schedule, too: ${name.slice(0, 4)}…`, async () => {
      const user = someReader();
      const request = { type: 'orders', format: 'csv', name: name.slice(0, 100) };
      const body = { name, cron: '@yearly', request };
      const { status, json, text } = await service.ask('POST', '/v1/schedules', { as: user, body });
      assert.equal(status, 201, text);
      const { schedule_id: id, name: shown } = json as { schedule_id: string; name: string };
      assert.equal(shown, name);
      const run = await service.ask('POST', `/v1/schedules/${id}/run`, { as: user });
      const { job_id: jobId } = run.json as { job_id: string };
      await until('its export', async () => (await service.deps.jobs.find(jobId)) !== null);
      assert.match(String(await summaryOf(jobId)), /: orders as CSV$/);
      await untilEnded(service, user, jobId);
    });
  }

  it('may have 100 characters of any script', async () => {
    const user = someReader();
    const jobId = await postExport(service, user, { name: LONGEST, type: 'account', format: 'json' });
    const { file_name: fileName } = await untilEnded(service, user, jobId);
    assert.equal(await summaryOf(jobId), `\`${LONGEST.slice(0, 60)}…\`: account as JSON`);
    const { headers } = await service.ask('GET', `/v1/exports/${jobId}/download`, { as: user });
    const answer = await fetch(headers.get('location') ?? '');
    await answer.arrayBuffer();
    const disposition = answer.headers.get('content-disposition') ?? '';
    assert.ok(disposition.endsWith(`; filename*=UTF-8''${encodeURIComponent(String(fileName))}`), disposition);
  });
});
