import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fileKey, temporaryPrefix } from '../../shared/store/keys.js';
import { makeDownloadToken } from '../../shared/job/links.js';
import { assertProblem } from './problems.js';
import { ask } from '../support/ask.js';
import { JWT_SECRET } from '../support/service.js';
import { describeStores } from '../support/stores.js';
import { LINK_SECRET, seedFor, someone, startApi, type TestApi } from './support.js';

const BYTES = 'id\n1\n2\n';
const job = z.object({ status: z.string(), download_url: z.string().nullable(), file_name: z.string() });

/** A file's bytes, for `putStream`. */
async function* content(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

describeStores('links', (stackEnv) => {
  let api: TestApi;
  const alice = someone();

  before(async () => {
    api = await startApi({}, stackEnv());
  });
  after(() => api.close());

  /** A job with a file in the bucket, as an export leaves it. */
  async function completed(urlTtlSeconds = 86_400): Promise<{ jobId: string; key: string; token: string }> {
    const { jobs, store } = api.deps;
    const seed = seedFor(alice);
    const key = fileKey(alice.userId, seed.jobId, 'csv');
    await jobs.insert(seed);
    await store.putStream(key, content(BYTES), new AbortController().signal);
    const file = { fileKey: key, rowCount: 2, fileSize: BYTES.length, checksum: 'crc32:00000000', warnings: [] };
    const row = await jobs.complete(seed.jobId, file, urlTtlSeconds);
    assert.ok(row?.url_expires_at);
    return { jobId: seed.jobId, key, token: makeDownloadToken(LINK_SECRET, seed.jobId, row.url_expires_at) };
  }

  it('redirect without a token to S3, and to a file with a readable name', async () => {
    const { jobId } = await completed();
    const { download_url, status, file_name } = job.parse(
      (await api.ask('GET', `/v1/exports/${jobId}`, { as: alice })).json,
    );
    assert.equal(status, 'COMPLETED');
    const path = new URL(download_url ?? '').pathname;
    assert.match(path, /^\/d\/[A-Za-z0-9_-]{72}$/);

    const answer = await api.ask('GET', path);
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
    const file = await ask(answer.headers.get('location') ?? '', 'GET', JWT_SECRET);
    assert.deepEqual({ status: file.status, text: file.text }, { status: 200, text: BYTES });
    const today = new Date().toISOString().slice(0, 10);
    assert.equal(file_name, `orders-${today}-${jobId.slice(-8)}.csv`);
    assert.equal(file.headers.get('content-disposition'), `attachment; filename="${file_name}"`);
  });

  /** When a storage URL was signed and when it expires, in ms. */
  function lifeOf(location: string): { from: number; until: number } {
    const { searchParams } = new URL(location);
    const signedAt = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(searchParams.get('X-Amz-Date') ?? '');
    const [, year, month, day, hour, minute, second] = signedAt ?? [];
    const from = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    return { from, until: from + Number(searchParams.get('X-Amz-Expires')) * 1000 };
  }

  it('redirect to a storage URL that is valid for five minutes, however long the link lasts', async () => {
    const { token } = await completed();
    const { from, until } = lifeOf((await api.ask('GET', `/d/${token}`)).headers.get('location') ?? '');
    assert.equal(until - from, 300_000);
  });

  it('redirect to a storage URL that never outlives the link', async () => {
    const { token, jobId } = await completed(100);
    const { until } = lifeOf((await api.ask('GET', `/d/${token}`)).headers.get('location') ?? '');
    const expires = (await api.deps.jobs.find(jobId))?.url_expires_at?.getTime() ?? 0;
    assert.ok(until <= expires && until > expires - 1000, `${until} is not just before ${expires}`);
  });

  it('are also available to their owner as JSON instead of a redirect', async () => {
    const { jobId } = await completed();
    const redirect = await api.ask('GET', `/v1/exports/${jobId}/download`, { as: alice });
    assert.equal(redirect.status, 302);
    const answer = await api.ask('GET', `/v1/exports/${jobId}/download?redirect=false`, { as: alice });
    const { url, expires_at } = z.object({ url: z.url(), expires_at: z.iso.datetime() }).parse(answer.json);
    assert.equal((await ask(url, 'GET', JWT_SECRET)).text, BYTES);
    assert.equal(
      new Date(expires_at).getTime(),
      lifeOf(url).until,
      'the expiry is that of the storage URL, not of the link',
    );
    const wrong = await api.ask('GET', `/v1/exports/${jobId}/download?redirect=no`, { as: alice });
    assertProblem(wrong, 'VALIDATION_FAILED', ['query/redirect']);
  });

  it('redirect HEAD to a URL signed for HEAD, and GET to one signed for GET', async () => {
    const { token, jobId } = await completed();
    for (const [path, options] of [
      [`/d/${token}`, {}],
      [`/v1/exports/${jobId}/download`, { as: alice }],
    ] as const) {
      const head = await ask(`${api.url}${path}`, 'HEAD', JWT_SECRET, options);
      assert.equal(head.status, 302);
      const location = head.headers.get('location') ?? '';
      const file = await ask(location, 'HEAD', JWT_SECRET);
      assert.deepEqual(
        { status: file.status, length: file.headers.get('content-length') },
        { status: 200, length: String(BYTES.length) },
      );
      assert.match(file.headers.get('content-disposition') ?? '', /^attachment; filename="orders-/);
      assert.equal(
        (await ask(location, 'GET', JWT_SECRET)).status,
        403,
        'a URL signed for HEAD does not return the file',
      );
    }
    const followed = await fetch(`${api.url}/d/${token}`, { method: 'HEAD' });
    assert.equal(followed.status, 200, 'as with curl --head --location');
    const got = await fetch(`${api.url}/d/${token}`, { headers: { range: 'bytes=3-4' } });
    assert.deepEqual({ status: got.status, text: await got.text() }, { status: 206, text: '1\n' });
  });

  it('return 404 if they are forged, and S3 returns 403 for a forged signature', async () => {
    const { token, jobId } = await completed();
    const flipped = token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const foreign = makeDownloadToken('a secret that is not ours', jobId, new Date(Date.now() + 86_400_000));
    const otherTime = makeDownloadToken(LINK_SECRET, jobId, new Date(Date.now() + 999_000_000));
    const noJob = makeDownloadToken(LINK_SECRET, seedFor(alice).jobId, new Date(Date.now() + 86_400_000));
    for (const forged of [flipped, foreign, otherTime, noJob, 'x', '%2e%2e']) {
      assertProblem(await api.ask('GET', `/d/${forged}`), 'NOT_FOUND');
    }
    const location = (await api.ask('GET', `/d/${token}`)).headers.get('location') ?? '';
    const tampered = location.replace(
      /(X-Amz-Signature=)(.)/,
      (_, name: string, digit: string) => name + (digit === '0' ? '1' : '0'),
    );
    assert.equal((await ask(tampered, 'GET', JWT_SECRET)).status, 403);
  });

  it('return 410 after they expire, and S3 returns 403 for a URL signed before', async () => {
    const { token, jobId } = await completed(2);
    const location = (await api.ask('GET', `/d/${token}`)).headers.get('location') ?? '';
    assert.equal((await ask(location, 'GET', JWT_SECRET)).status, 200);
    await sleep(3000);
    assertProblem(await api.ask('GET', `/d/${token}`), 'EXPIRED');
    assertProblem(await api.ask('GET', `/v1/exports/${jobId}/download`, { as: alice }), 'EXPIRED');
    assert.equal((await ask(location, 'GET', JWT_SECRET)).status, 403);
    const shown = job.parse((await api.ask('GET', `/v1/exports/${jobId}`, { as: alice })).json);
    assert.deepEqual({ status: shown.status, url: shown.download_url }, { status: 'EXPIRED', url: null });
  });

  it('return 409 for a job without a file', async () => {
    const seed = seedFor(alice);
    await api.deps.jobs.insert(seed);
    assertProblem(await api.ask('GET', `/v1/exports/${seed.jobId}/download`, { as: alice }), 'NOT_READY');
    await api.deps.jobs.fail(seed.jobId, { code: 'INTERNAL', message: 'It broke.' });
    const problem = assertProblem(
      await api.ask('GET', `/v1/exports/${seed.jobId}/download`, { as: alice }),
      'NOT_READY',
    );
    assert.match(problem.detail, /is FAILED and has no file/);
  });

  it('are never logged', async () => {
    const { token } = await completed();
    const location = (await api.ask('GET', `/d/${token}`)).headers.get('location') ?? '';
    await api.ask('GET', '/d/not-a-token-but-secret');
    const log = JSON.stringify(api.logLines);
    assert.ok(log.includes('"route":"/d/:token"'));
    const signature = new URL(location).searchParams.get('X-Amz-Signature') ?? '?';
    for (const secret of [token, signature, 'not-a-token-but-secret']) assert.ok(!log.includes(secret));
  });

  describe('and the deletion of a job:', () => {
    it('its link returns 410, and nothing is left in the bucket', async () => {
      const { store, jobs } = api.deps;
      const { jobId, key, token } = await completed();
      const location = (await api.ask('GET', `/d/${token}`)).headers.get('location') ?? '';
      const headers = { contentType: 'text/csv', fileName: 'a.csv', metadata: {} };
      await store.createUpload(key, headers);
      const piece = `${temporaryPrefix(jobId)}0`;
      await store.putStream(piece, content('piece'), new AbortController().signal);

      const answer = await api.ask('DELETE', `/v1/exports/${jobId}`, { as: alice });
      assert.deepEqual({ status: answer.status, text: answer.text }, { status: 204, text: '' });
      assert.equal(await store.head(key), null);
      assert.equal(await store.head(piece), null);
      assert.deepEqual(await store.openUploads(key), []);
      assertProblem(await api.ask('GET', `/d/${token}`), 'FILE_DELETED');
      assert.equal((await ask(location, 'GET', JWT_SECRET)).status, 404);
      assert.equal((await jobs.find(jobId))?.shown_status, 'EXPIRED');

      const again = await api.ask('DELETE', `/v1/exports/${jobId}`, { as: alice });
      assert.equal(again.status, 204);
    });

    it('the leftovers of a failed job are deleted, and its status stays FAILED', async () => {
      const { store, jobs } = api.deps;
      const seed = seedFor(alice);
      const key = fileKey(alice.userId, seed.jobId, 'csv');
      await jobs.insert(seed);
      await store.createUpload(key, { contentType: 'text/csv', fileName: 'a.csv', metadata: {} });
      await jobs.fail(seed.jobId, { code: 'INTERNAL', message: 'It broke.' });
      assert.equal((await api.ask('DELETE', `/v1/exports/${seed.jobId}`, { as: alice })).status, 204);
      assert.deepEqual(await store.openUploads(key), []);
      assert.equal((await jobs.find(seed.jobId))?.shown_status, 'FAILED');
    });

    it('an active job is kept, and the DELETE returns 409', async () => {
      const seed = seedFor(alice);
      await api.deps.jobs.insert(seed);
      assertProblem(await api.ask('DELETE', `/v1/exports/${seed.jobId}`, { as: alice }), 'STILL_ACTIVE');
      await api.deps.jobs.markProcessing(seed.jobId);
      assertProblem(await api.ask('DELETE', `/v1/exports/${seed.jobId}`, { as: alice }), 'STILL_ACTIVE');
      await api.deps.jobs.cancel(seed.jobId);
    });
  });
});
