import assert from 'node:assert/strict';
import pg from 'pg';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { readJob, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import type { TestService } from '../support/service.js';
import { type Doors, endStage, startStage } from './doors.js';
import { FINISH_MAY_WAIT, holdFinish } from './finishing.js';
import { cancel, operateOn, someReader, untilStatus, untilMailed, type Reader } from './support.js';

describe('a cancel that arrives too late', () => {
  let service: TestService;
  let doors: Doors;
  let locker: pg.Client;

  before(async () => {
    ({ service, doors } = await startStage(FINISH_MAY_WAIT));
    locker = new pg.Client({ connectionString: service.databaseUrl });
    await locker.connect();
  });
  after(async () => {
    await locker.end();
    await endStage({ service, doors });
  });

  async function becomesAFile(user: Reader, jobId: string): Promise<void> {
    await untilEnded(service, user, jobId, 'COMPLETED');
    assert.equal((await untilMailed(user)).length, 1);
    await untilStatus(service, exportWorkflowId(jobId), 'COMPLETED');
  }

  it('keeps the file if segments are already being joined', async () => {
    const user = someReader();
    const { jobId, go } = await holdFinish({ service, door: await doors.closed(1), locker }, user);
    assert.equal((await cancel(service, user, jobId)).status, 202);
    await go();
    await becomesAFile(user, jobId);
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 3000);
  });

  it('keeps the file if it is already being published', async () => {
    const user = someReader();
    const door = await doors.closed(1);
    await locker.query(`
      CREATE FUNCTION wait_to_publish() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
      CREATE TRIGGER wait_to_publish BEFORE UPDATE ON export_jobs FOR EACH ROW
        WHEN (NEW.status = 'COMPLETED') EXECUTE FUNCTION wait_to_publish()`);
    const jobId = await postExport(service, user);
    await door.untilWaiting();
    // Publishing starts within a workflow task, where no query is answered; here it outlasts the task.
    await until('publishing', async () => (await readJob(service, user, jobId)).phase === 'publishing');
    const { raw } = await service.deps.temporal.client.workflow.getHandle(exportWorkflowId(jobId)).describe();
    assert.deepEqual(
      raw.pendingActivities?.map(({ activityId }) => activityId),
      ['publish'],
    );
    // Canceling through the API would wait for the row.
    await operateOn(service, 'cancel', jobId);
    await door.open();
    await becomesAFile(user, jobId);
  });
});
