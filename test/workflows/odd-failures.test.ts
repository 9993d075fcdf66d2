import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { BUILT_IN_DATASETS, defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { operatorsReason } from '../support/failures.js';
import { closeCleanly } from '../support/leak-guard.js';
import { ordersView } from '../support/orders-view.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { keyNamed } from '../temporal/raw-payloads.js';
import { statusOf } from './support.js';

const { columns, key, tenantColumn } = orders;
const loud = defineDataset({
  ...{ name: 'loud', title: 'Orders', table: 'loud', key, tenantColumn, columns },
  computed: {
    half: {
      type: 'text',
      from: [],
      compute: () => {
        throw new Error('no rate for \ud800');
      },
    },
  },
});

/** A view can raise any message, and PostgreSQL's own messages quote row values. */
for (const [kind, env] of [
  ['in plain text', {}],
  ['encrypted', { PAYLOAD_KEY: keyNamed('2026-11') }],
] as const) {
  describe(`a failure whose message Temporal would reject, ${kind}`, () => {
    let service: TestService;
    const me = someUser();
    const raise = (sqlstate: string, bytes: number): Promise<unknown> =>
      queryRows(service.databaseUrl, 'UPDATE mood SET sqlstate = $1, bytes = $2', [sqlstate, bytes]);

    before(async () => {
      service = await startService({ orders: 200, singleTenant: true, datasets: [...BUILT_IN_DATASETS, loud], env });
      await queryRows(
        service.databaseUrl,
        `CREATE TABLE mood (sqlstate text, bytes integer); INSERT INTO mood VALUES ('', 0);
         CREATE FUNCTION shouts(note text) RETURNS text LANGUAGE plpgsql STABLE AS $$
           DECLARE mood mood := (SELECT mood FROM mood);
           BEGIN
             IF mood.bytes > 0 THEN
               RAISE EXCEPTION 'the moon is % full', repeat('é', mood.bytes / 2) USING ERRCODE = mood.sqlstate;
             END IF;
             RETURN note;
           END $$;
         ${ordersView('loud', 'shouts(note)')}`,
      );
      await service.startWorker();
    });
    after(() => closeCleanly(service));

    it('fails the export immediately and shows operators the start of the message', async () => {
      await raise('P0001', 5_000_000);
      const jobId = await postExport(service, me, { type: 'loud', columns: ['note'] });
      const { error_code } = await untilEnded(service, me, jobId, 'FAILED');
      assert.equal(error_code, 'DATASET_UNAVAILABLE');
      assert.match(await operatorsReason(service, jobId), /^The source database rejected the query: the moon is é+…$/);
    });

    it('fails the export immediately if the message contains a lone surrogate', async () => {
      await raise('', 0);
      const jobId = await postExport(service, me, { type: 'loud', columns: ['half'] });
      const { error_code } = await untilEnded(service, me, jobId, 'FAILED');
      assert.equal(error_code, 'COMPUTE_FAILED');
      assert.match(await operatorsReason(service, jobId), /no rate for \ufffd/);
    });

    it('is visible in Temporal while it is retried', async () => {
      await raise('53000', 20_000);
      const jobId = await postExport(service, me, { type: 'loud', columns: ['note'] });
      const { client } = service.deps.temporal;
      const handle = client.workflow.getHandle(exportWorkflowId(jobId));
      const failure = await until('a failed attempt', async () => {
        // The workflow starts shortly after admission.
        if ((await statusOf(service, exportWorkflowId(jobId))) === 'NOT_FOUND') return false;
        const { raw } = await handle.describe();
        return raw.pendingActivities?.find(({ lastFailure }) => lastFailure != null)?.lastFailure ?? false;
      });
      assert.equal(failure.serverFailureInfo, null, failure.message ?? '');
      const { failureConverter, payloadConverter } = client.options.loadedDataConverter;
      if (kind === 'in plain text') {
        const { message } = failureConverter.failureToError(failure, payloadConverter);
        assert.match(message, /^The source database is not responding as expected: the moon is é+…$/);
      }
      await raise('', 0);
      await untilEnded(service, me, jobId);
    });
  });
}
