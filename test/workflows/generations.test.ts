import { MockActivityEnvironment } from '@temporalio/testing';
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { finishUpload } from '../../activities/finish/finish-upload.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { download, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { behind, type Door, type Doors, endStage, type DoorStage, startStage } from './doors.js';
import { rowOf, segmentsOf } from './support.js';

const user = someUser();

/** The job is in this generation, its file equals that of an undisturbed export, and nothing else is left. */
async function assertWhole(service: TestService, jobId: string, generation: number): Promise<void> {
  assert.equal((await rowOf(service, jobId)).generation, generation);
  const undisturbed = await postExport(service, user);
  await untilEnded(service, user, undisturbed);
  assert((await download(service, user, jobId)).equals(await download(service, user, undisturbed)));
  await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);
}

describeDeeply('a generation of an export', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    ({ service, doors } = await startStage({ tuning: { maxSegmentRows: 150 } }));
  });
  beforeEach(async () => {
    door = await doors.closed(1);
  });
  afterEach(() => door.open());
  after(async () => {
    await endStage({ service, doors });
  });

  async function abortUploadOf(jobId: string): Promise<void> {
    await service.deps.store.abortUploadsOf((await rowOf(service, jobId)).file_key ?? '');
  }

  it('is followed by another when its upload is aborted', async () => {
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    await abortUploadOf(jobId);
    await door.open();
    await untilEnded(service, user, jobId);
    await assertWhole(service, jobId, 2);
  });

  it('is replaced by one for the current encoder if an older encoder planned it', async () => {
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    const plan = `jsonb_set(plan, '{encoderVersion}', '0')`;
    await queryRows(service.databaseUrl, `UPDATE export_jobs SET plan = ${plan} WHERE job_id = $1`, [jobId]);
    await door.open();
    await untilEnded(service, user, jobId);
    await assertWhole(service, jobId, 2);
  });

  it('is recognized as complete by its file when the response of the store was lost', async () => {
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION wait_to_publish() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
       CREATE TRIGGER wait_to_publish BEFORE UPDATE ON export_jobs FOR EACH ROW
         WHEN (NEW.status = 'COMPLETED') EXECUTE FUNCTION wait_to_publish()`,
    );
    const jobId = await postExport(service, user);
    await door.untilWaiting();
    const again = (generation: number): Promise<unknown> =>
      new MockActivityEnvironment().run(() =>
        finishUpload(service.deps)({ jobId, tenantId: user.tenantId, generation }),
      );
    const answer = (await again(1)) as { state: string; file: { fileSize: number; checksum: string } };
    assert.equal(answer.state, 'done');
    await assert.rejects(again(2), { code: 'UPLOAD_LOST' });
    await door.open();
    await untilEnded(service, user, jobId);
    await queryRows(service.databaseUrl, 'DROP TRIGGER wait_to_publish ON export_jobs');
    const { file_size, checksum } = await rowOf(service, jobId);
    assert.deepEqual([answer.file.fileSize, answer.file.checksum], [file_size, checksum]);
    await assertWhole(service, jobId, 1);
  });

  // The last test of this service, because a failed export keeps its objects.
  it('is the last one after three lost uploads; the export fails', async () => {
    const jobId = await postExport(service, user, behind(1));
    for (const generation of [1, 2, 3]) {
      await until(`generation ${generation}`, async () => (await rowOf(service, jobId)).generation === generation);
      // Both of its segments are behind the door, so that none arrives after the door is closed again.
      await door.untilWaiting(2);
      await abortUploadOf(jobId);
      await door.open();
      door = await doors.closed(1);
    }
    const { error_code } = await untilEnded(service, user, jobId, 'FAILED');
    assert.equal(error_code, 'UPLOAD_LOST');
  });
});

describeDeeply('an export whose segments are parts', () => {
  let stage: DoorStage;
  before(async () => {
    // Large enough for multipart parts, all uploaded before the segment waits to commit.
    stage = await startStage({ orders: 60_000 });
  });
  after(() => endStage(stage));

  it('redoes a segment whose part was overwritten by a late attempt', async () => {
    const { service, doors } = stage;
    const door = await doors.closed(1);
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION wait_to_commit() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
       CREATE TRIGGER wait_to_commit BEFORE UPDATE ON export_segments FOR EACH ROW
         WHEN (NEW.rows IS NOT NULL) EXECUTE FUNCTION wait_to_commit()`,
    );
    const jobId = await postExport(service, user);
    await door.untilWaiting();
    const { file_key: key, upload_id: uploadId } = await rowOf(service, jobId);
    assert(key !== null && uploadId !== null);
    const [part] = (await service.deps.store.listParts(key, uploadId)) ?? [];
    assert(part !== undefined, 'it has parts');
    const body = Buffer.alloc(part.size, 'x');
    const late = { partNumber: part.number, body, crc32: crc32(body) };
    assert(await service.deps.store.uploadPart({ key, uploadId }, late), 'the upload is still open');
    await door.open();
    await untilEnded(service, user, jobId);
    assert.equal((await segmentsOf(service, jobId))[0]?.attempt, 2);
    await assertWhole(service, jobId, 1);
  });
});
