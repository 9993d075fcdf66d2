import assert from 'node:assert/strict';
import { makeSegment } from '../../activities/segment/export-segment.js';
import { cancel, rowOf, rowsInBytes, segmentsOf, untilStatus } from '../workflows/support.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { behind, type Door, type Doors, endStage, startStage } from '../workflows/doors.js';
import { leftovers, postExport, until } from '../support/exports.js';
import { type RecordedStore, type Reply, startRecordedStore } from '../support/recorded-store.js';
import { someUser, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';

/** An attempt that missed its heartbeat, so Temporal no longer waits for it, but that keeps running. */
describe('a late attempt', () => {
  let late: RecordedStore;
  let reply: Reply;
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    const { env } = stack();
    late = await startRecordedStore((request) => reply(request), env.S3_ENDPOINT);
    reply = () => undefined;
    ({ service, doors } = await startStage({
      stackEnv: { ...env, S3_ENDPOINT: late.endpoint },
      tuning: { segmentBytes: rowsInBytes(200), segmentsInFlight: 1 },
    }));
    door = await doors.closed(1);
  });
  after(async () => {
    await endStage({ service, doors });
    await late.close();
  });

  it('leaves nothing behind if it stores its piece while a cancel is cleaning up', async () => {
    const user = someUser();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    const segments = await segmentsOf(service, jobId);
    const last = segments.length - 1;
    assert.ok((segments[0]?.rows ?? 0) > 0 && segments[last]?.attempt === 0, 'the export is in the middle');
    const { promise: listed, resolve: cleanUp } = Promise.withResolvers<undefined>();
    const { promise: stored, resolve: store } = Promise.withResolvers<undefined>();
    reply = ({ operation, path }) => {
      if (operation === 'PutObject' && path.includes(`/1-${last}-`)) return listed;
      // The cancel has listed the pieces, so it won't find another one.
      if (operation !== 'DeleteObjects') return undefined;
      cleanUp(undefined);
      return stored;
    };
    const { generation } = await rowOf(service, jobId);
    const input = { jobId, tenantId: user.tenantId, generation, segment: last };
    const attempt = makeSegment(service.deps, input, neverAborted).finally(() => {
      store(undefined);
    });
    await until('its piece', () => Promise.resolve(late.requests.some(({ path }) => path.includes(`/1-${last}-`))));
    await cancel(service, user, jobId);
    assert.ok((await attempt).rows > 0, 'it has committed');
    await untilStatus(service, exportWorkflowId(jobId), 'CANCELLED');
    assert.deepEqual(await leftovers(service), []);
  });

  const neverAborted = new AbortController().signal;
});
