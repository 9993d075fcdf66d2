import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PAGE_FOLDER } from '../../dev/build-page.js';
import { assertProblem } from '../api/problems.js';
import { startApi, type TestApi } from '../api/support.js';

/** Everything that a browser fetches for the page, compressed. */
const MOST_BYTES = 100_000;

describe('the web page as it is served', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ settings: { pageFolder: PAGE_FOLDER } });
  });
  after(() => api.close());

  const assetsOf = (html: string): string[] =>
    [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);

  it('allows only its own scripts, and is not cached', async () => {
    const { status, headers, text } = await api.ask('GET', '/');
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^text\/html/);
    assert.equal(headers.get('cache-control'), 'no-cache');
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]) {
      assert.ok(policy.includes(`${rule};`), policy);
    }
    assert.ok(policy.includes("frame-ancestors 'none'") && !policy.includes('unsafe'), policy);
    assert.doesNotMatch(text, /<script>|<style|style=|onload=/);
  });

  it('consists of assets that browsers cache forever', async () => {
    const addresses = assetsOf((await api.ask('GET', '/')).text);
    assert.ok(addresses.length >= 3, addresses.join(' '));
    for (const address of addresses) {
      assert.match(address, /^\/assets\/.+-[\w-]{8}\.\w+$/);
      const { status, headers, text } = await api.ask('GET', address, { headers: { 'Accept-Encoding': 'gzip' } });
      assert.deepEqual([status, headers.get('content-encoding')], [200, 'gzip'], address);
      assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(headers.get('vary'), 'Accept-Encoding');
      const plain = await api.ask('GET', address, { headers: { 'Accept-Encoding': 'identity' } });
      assert.equal(plain.headers.get('content-encoding'), null);
      assert.equal(plain.text, text);
      assert.equal(plain.headers.get('content-type'), headers.get('content-type'));
    }
  });

  it('is smaller than 100 KB, compressed', async () => {
    const folder = join(PAGE_FOLDER, 'assets');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.gz'));
    const sizes = await Promise.all(
      [join(PAGE_FOLDER, 'index.html'), ...files.map((name) => join(folder, name))].map(
        async (file) => (await stat(file)).size,
      ),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(files.length >= 3 && bytes < MOST_BYTES, `${bytes} bytes`);
  });

  it('serves no other files', async () => {
    for (const name of ['package.json', '..%2findex.html', '..%2f..%2f..%2fpackage.json', 'index.js']) {
      assertProblem(await api.ask('GET', `/assets/${name}`), 'NOT_FOUND');
    }
  });

  it('explains how to build it if it has not been built', async () => {
    for (const settings of [{}, { pageFolder: join(PAGE_FOLDER, 'nowhere') }]) {
      const bare = await startApi({ settings });
      const { detail } = assertProblem(await bare.ask('GET', '/'), 'NOT_FOUND');
      assert.equal(detail, "The web page hasn't been built: run `npm run build`.");
      assertProblem(await bare.ask('GET', '/assets/index.js'), 'NOT_FOUND');
      await bare.close();
    }
  });
});
