import assert from 'node:assert/strict';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { temporaryPrefix } from '../../shared/store/keys.js';
import { sentenceOf } from '../../shared/errors.js';
import { operatorsReason } from '../support/failures.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { type ServiceOptions, type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, startStage } from './doors.js';
import { operateOn, rowOf, rowsInBytes, slotsOf, someReader, untilStatus, untilMailed } from './support.js';

describe('an export that ends badly', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;

  async function serve(options: ServiceOptions): Promise<void> {
    ({ service, doors } = await startStage(options));
    door = await doors.closed(1);
  }
  afterEach(async () => {
    await endStage({ service, doors });
  });

  async function keptOf(jobId: string): Promise<{ uploads: number; pieces: number }> {
    const [uploads, pieces] = await Promise.all([
      service.deps.store.openUploads('exports/'),
      service.deps.store.list(temporaryPrefix(jobId)),
    ]);
    return { uploads: uploads.filter(({ key }) => key.includes(jobId)).length, pieces: pieces.length };
  }
  const slotIsFree = async (user: { userId: string; tenantId: string }, jobId: string): Promise<boolean> =>
    !(jobId in ((await slotsOf(service, user))?.holders ?? {}));

  it('is FAILED at the next check after termination, with one notification; its upload is kept', async () => {
    await serve({ tuning: { segmentBytes: rowsInBytes(200), segmentsInFlight: 2 } });
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    await operateOn(service, 'terminate', jobId);
    const { error_code, error_message } = await untilEnded(service, user, jobId, 'FAILED');
    assert.equal(error_code, 'TERMINATED');
    assert.match(error_message ?? '', /terminated by an operator/);
    assert(await slotIsFree(user, jobId));
    const subjects = await untilMailed(user);
    assert.equal(subjects.length, 1, subjects.join());
    const { uploads, pieces } = await keptOf(jobId);
    assert(uploads === 1 && pieces > 0, 'its upload and pieces are kept for a reset');
  });

  deeply('names the cause when it took too long', async () => {
    await serve({ tuning: { executionTimeoutMs: 3000 } });
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    const { error_code } = await untilEnded(service, user, jobId, 'FAILED');
    assert.equal(error_code, 'TIMED_OUT');
    await untilStatus(service, exportWorkflowId(jobId), 'TIMED_OUT');
    assert(await slotIsFree(user, jobId));
    assert.equal((await untilMailed(user)).length, 1);
    assert.equal((await keptOf(jobId)).uploads, 1);
  });

  deeply('names the number of rows when there are too many, before it writes anything', async () => {
    await serve({ tuning: { maxRows: 100 } });
    const user = someReader();
    const jobId = await postExport(service, user);
    const { error_code, error_message } = await untilEnded(service, user, jobId, 'FAILED');
    assert.equal(error_code, 'TOO_MANY_ROWS');
    assert.match(error_message ?? '', /has 1\d{3} rows; at most 100/);
    assert.equal((await untilMailed(user)).length, 1);
    assert.deepEqual(await keptOf(jobId), { uploads: 0, pieces: 0 });
    await untilStatus(service, exportWorkflowId(jobId), 'FAILED');
    await until('the slot is free', () => slotIsFree(user, jobId));
  });

  it('names the cause when its table is dropped midway, and keeps its upload', async () => {
    await serve({ tuning: { segmentBytes: rowsInBytes(200) } });
    const user = someReader();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    await door.trap();
    const { error_code, error_message } = await untilEnded(service, user, jobId, 'FAILED');
    assert.equal(error_code, 'DATASET_UNAVAILABLE');
    assert.equal(error_message, sentenceOf('DATASET_UNAVAILABLE'));
    assert.match(await operatorsReason(service, jobId), /the floor is gone/);
    await until('the slot is free', () => slotIsFree(user, jobId));
    assert.equal((await untilMailed(user)).length, 1);
    assert.equal((await keptOf(jobId)).uploads, 1);
    const { generation, upload_id } = await rowOf(service, jobId);
    assert.deepEqual([generation, upload_id !== null], [1, true]);
  });

  deeply('names the cause when its table never existed', async () => {
    await serve({});
    const user = someReader();
    await queryRows(service.databaseUrl, 'ALTER TABLE orders RENAME TO orders_of_yore');
    const jobId = await postExport(service, user);
    const { error_code, error_message } = await untilEnded(service, user, jobId, 'FAILED');
    assert.equal(error_code, 'DATASET_UNAVAILABLE');
    assert.equal(error_message, sentenceOf('DATASET_UNAVAILABLE'));
    assert.match(await operatorsReason(service, jobId), /no table or view orders/);
    assert.equal((await untilMailed(user)).length, 1);
  });
});
