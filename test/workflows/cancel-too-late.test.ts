import assert from 'node:assert/strict';
import pg from 'pg';
import { exportWorkflowId } from '../../shared/contract.js';
import { getExport, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { behind, type Doors, endStage, FINISH_MAY_WAIT, startStage } from './doors.js';
import { cancel, operateOn, someReader, statusOf, untilPlanIsDue, untilTold, type Reader } from './support.js';

describe('a cancel that comes too late', () => {
  let service: TestService;
  let doors: Doors;
  let locker: pg.Client;

  before(async () => {
    // One activity at a time reads and finishes: another export's plan keeps a finish waiting.
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
    assert.equal((await untilTold(user)).length, 1);
    assert.equal(await statusOf(service, exportWorkflowId(jobId)), 'COMPLETED');
  }

  it('because the segments are being joined, leaves a file', async () => {
    const user = someReader();
    const other = someUser();
    const door = await doors.closed(1);
    const jobId = await postExport(service, user, behind(1));
    await door.somebodyWaits();
    const otherId = await postExport(service, other);
    await untilPlanIsDue(service, otherId);
    await locker.query('BEGIN');
    // Granted when the reader behind the door is done.
    const locked = locker.query('LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    await door.open();
    await locked;
    await until('finishing', async () => (await getExport(service, user, jobId)).phase === 'finishing');
    assert.equal((await cancel(service, user, jobId)).status, 202);
    await locker.query('ROLLBACK');
    await becomesAFile(user, jobId);
    await untilEnded(service, other, otherId);
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 3000);
  });

  it('because the file is being published, leaves it', async () => {
    const user = someReader();
    const door = await doors.closed(1);
    await locker.query(`
      CREATE FUNCTION wait_to_publish() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
      CREATE TRIGGER wait_to_publish BEFORE UPDATE ON export_jobs FOR EACH ROW
        WHEN (NEW.status = 'COMPLETED') EXECUTE FUNCTION wait_to_publish()`);
    const jobId = await postExport(service, user);
    await door.somebodyWaits();
    assert.equal((await getExport(service, user, jobId)).phase, 'publishing');
    // The API's would wait for the row.
    await operateOn(service, 'cancel', jobId);
    await door.open();
    await becomesAFile(user, jobId);
  });
});
