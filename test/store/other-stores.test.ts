import assert from 'node:assert/strict';
import { DEEP, deeply, LONG } from '../support/depth.js';
import { TEXT_FORMATS } from '../support/formats.js';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { FORMATS } from '../../shared/formats/index.js';
import { download, leftovers, postExport, until, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startRecordedStore, type RecordedStore, type Reply, type StoreRequest } from '../support/recorded-store.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { statusOf } from '../workflows/support.js';
import { CONFLICT, DELETED_BEFORE, FINAL, OBJECT_CHECKSUM_REFUSALS, PASSING, REFUSALS } from './recorded-answers.js';

const { SlowDown: SLOW_DOWN = REFUSALS.createOnly, InternalError: INTERNAL_ERROR = REFUSALS.createOnly } = PASSING;

const hasChecksum = ({ headers }: StoreRequest): boolean =>
  Object.keys(headers).some((name) => name.startsWith('x-amz-checksum-') && name !== 'x-amz-checksum-mode');

/**
 * Stores that reject some requests, and pass the rest on to a real one. Each gets a new worker, because a worker
 * remembers which requests its store rejects.
 */
const STORES: Readonly<Record<string, () => Reply>> = {
  'has no checksums, conditions or bulk deletes': () => (request) => {
    const { operation, headers } = request;
    if (hasChecksum(request)) return REFUSALS.createChecksums;
    if (headers['if-none-match'] !== undefined) return REFUSALS.createOnly;
    return operation === 'DeleteObjects' ? REFUSALS.bulkDelete : undefined;
  },
  'loses its response to the completion': () =>
    first('CompleteMultipartUpload', { ...INTERNAL_ERROR, afterwards: true }),
  'has no checksums of whole objects':
    () =>
    ({ operation, headers }) =>
      operation === 'CompleteMultipartUpload' && headers['x-amz-checksum-crc32'] !== undefined
        ? OBJECT_CHECKSUM_REFUSALS.InvalidArgument
        : undefined,
  'reports the objects it deletes as missing':
    () =>
    ({ operation }) =>
      operation === 'DeleteObject' ? { ...DELETED_BEFORE, afterwards: true } : undefined,
  'rejects the completion with a conflict once': () => first('CompleteMultipartUpload', CONFLICT),
  'is busy at every third request': () => {
    let requests = 0;
    return () => (++requests % 3 === 0 ? SLOW_DOWN : undefined);
  },
};

/** Replaces the response to the first request of the operation for each object. */
function first(operation: string, answer: NonNullable<ReturnType<Reply>>): Reply {
  const answered = new Set<string>();
  return (request) => {
    if (request.operation !== operation || answered.has(request.path)) return undefined;
    answered.add(request.path);
    return answer;
  };
}

const TEXT = TEXT_FORMATS;
const OTHERS = [...FORMATS.keys()].filter((format) => !TEXT.includes(format));

/** A text format, and one whose end has a table of contents; each in turn. Long runs use every format with each store. */
function formatsFor(store: number): readonly string[] {
  if (LONG) return [...FORMATS.keys()];
  const turn = <T>(list: readonly T[], at: number): T => list[at % list.length] ?? assert.fail();
  return DEEP ? [turn(TEXT, store), turn(OTHERS, store + Math.floor(store / TEXT.length))] : ['CSV'];
}

describe('an export to a store', () => {
  let service: TestService;
  let recorded: RecordedStore;
  let reply: Reply = () => undefined;

  before(async () => {
    const { env } = stack();
    recorded = await startRecordedStore((request) => reply(request), env.S3_ENDPOINT);
    const stackEnv = { ...env, S3_ENDPOINT: recorded.endpoint };
    service = await startService({ stackEnv, orders: 300, tuning: { maxSegmentRows: 60 } });
  });
  afterEach(() => {
    reply = () => undefined;
  });
  after(async () => {
    try {
      await closeCleanly(service);
    } finally {
      await recorded.close();
    }
  });

  for (const [at, [store, start]] of Object.entries(STORES).entries()) {
    const formats = formatsFor(at);
    const test = at < 2 ? it : deeply;
    test(`completes as ${formats.join(', ')}, and leaves nothing else behind, if the store ${store}`, async () => {
      const worker = await service.startWorker();
      reply = start();
      await Promise.all(
        formats.map(async (format) => {
          const user = someUser();
          const jobId = await postExport(service, user, { format });
          const { row_count: rows } = await untilEnded(service, user, jobId);
          const file = await download(service, user, jobId);
          assert((rows ?? 0) > 150 && file.length > 1000, format);
          if (format === 'CSV') assert.equal(file.toString().match(/^\d+,[0-9a-f-]{36},/gm)?.length, rows);
        }),
      );
      // The test's own listing must not be rejected.
      reply = () => undefined;
      await until('nothing is left', async () => (await leftovers(service)).length === 0, 5000);
      await worker.stop();
    });
  }

  it('fails immediately, with its own error code, if the store denies access', async () => {
    const user = someUser();
    const worker = await service.startWorker();
    const start = recorded.requests.length;
    reply = ({ operation }) => (operation === 'PutObject' ? FINAL.AccessDenied : undefined);
    const jobId = await postExport(service, user, {});
    const { error_code } = await untilEnded(service, user, jobId, 'FAILED');
    assert.equal(error_code, 'STORAGE_REFUSED');
    await until('its end', async () => (await statusOf(service, exportWorkflowId(jobId))) === 'FAILED');
    const refused = recorded.requests.slice(start).filter(({ operation }) => operation === 'PutObject');
    const segments = new Set(refused.map(({ path }) => path));
    assert.equal(refused.length, segments.size, 'no segment is tried twice');
    await worker.stop();
  });
});
