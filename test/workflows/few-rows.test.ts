import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { historyOf } from '../support/history.js';
import { someUser, type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from './doors.js';
import { assertSameFile, cancel, rowOf, segmentsOf, slotsOf, someReader, statusOf, untilStatus } from './support.js';

describe('an export with few rows', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;
  const me = someUser();

  before(async () => {
    ({ service, doors } = await startStage());
  });
  beforeEach(async () => {
    door = await doors.closed(1);
  });
  afterEach(() => door.open());
  after(() => endStage({ service, doors }));

  /** Ids of the activities that an export's workflow scheduled. */
  async function activitiesOf(jobId: string): Promise<(string | null | undefined)[]> {
    return (await historyOf(service, jobId)).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled ? [scheduled.activityId] : [],
    );
  }

  it('is written by the activity that plans it', async () => {
    await door.open();
    const jobId = await postExport(service, me, behind(1));
    await untilEnded(service, me, jobId);
    assert.deepEqual(await activitiesOf(jobId), ['plan']);
    assert.deepEqual(
      (await segmentsOf(service, jobId)).map(({ attempt }) => attempt),
      [1],
    );
  });

  it('without notifications frees its slot when it publishes; others use a separate step', async () => {
    await door.open();
    for (const [user, signals] of [[me, 0] as const, [someReader(), 1] as const]) {
      const jobId = await postExport(service, user, behind(1));
      await untilEnded(service, user, jobId);
      await until('its slot is free', async () => !(jobId in ((await slotsOf(service, user))?.holders ?? {})), 2000);
      await untilStatus(service, exportWorkflowId(jobId), 'COMPLETED');
      const sent = (await historyOf(service, jobId)).filter(
        (event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes,
      );
      assert.equal(sent.length, signals);
    }
  });

  it('gets a segment activity if it takes longer than two seconds; the file is the same', async () => {
    const jobId = await postExport(service, me, behind(1));
    // The workflow starts shortly after admission.
    await until('its start', async () => (await statusOf(service, exportWorkflowId(jobId))) !== 'NOT_FOUND');
    await until('an activity of its own', async () => (await activitiesOf(jobId)).includes('segment-0000'));
    await door.untilWaiting();
    assert.ok(((await rowOf(service, jobId)).total_rows ?? 0) > 1000);
    await door.open();
    await untilEnded(service, me, jobId);
    assert.deepEqual(await activitiesOf(jobId), ['plan', 'segment-0000']);

    const undisturbed = await postExport(service, me, behind(1));
    await untilEnded(service, me, undisturbed);
    await assertSameFile(service, me, jobId, undisturbed);
  });

  it('can be canceled while its plan writes the file, and leaves nothing behind', async () => {
    const jobId = await postExport(service, me, behind(1));
    await door.untilWaiting();
    assert.equal((await cancel(service, me, jobId)).status, 202);
    await untilEnded(service, me, jobId, 'CANCELLED');
    await untilStatus(service, exportWorkflowId(jobId), 'CANCELLED');
    // If the cancel arrives late, the segment may already have its own activity.
    const others = (await activitiesOf(jobId)).filter((id) => id !== 'segment-0000');
    assert.deepEqual(others, ['plan', 'discard']);
    await until('nothing is left', async () => (await leftovers(service)).length === 0, 3000);
  });
});
