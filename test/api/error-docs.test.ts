import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ADVICE } from '../../api/openapi/error-docs.js';
import { ERRORS, isErrorCode } from '../../shared/errors.js';
import { assertProblem } from './problems.js';
import { someone, startApi, type TestApi } from './support.js';

const CODES = Object.keys(ERRORS).filter(isErrorCode);

describe('the type of an error', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  it('is the address of a page that the service serves, with an anchor and advice for each code', async () => {
    const { type } = assertProblem(await api.ask('GET', '/v1/exports/x', { as: someone() }), 'VALIDATION_FAILED');
    const { origin, pathname, hash } = new URL(type);
    assert.equal(origin, new URL(api.deps.settings.publicUrl).origin);
    assert.equal(hash, '#VALIDATION_FAILED');
    const { status, text, headers } = await api.ask('GET', pathname);
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^text\/html/);
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; style-src 'sha256-/);
    const anchors = [...text.matchAll(/<section id="(\w+)">/g)].map(([, id = '']) => id);
    assert.deepEqual(anchors, CODES);
  });

  it('has the same advice in docs/errors.md', () => {
    const page = readFileSync(fileURLToPath(new URL('../../docs/errors.md', import.meta.url)), 'utf8');
    const table = page.slice(page.indexOf('## Codes, for clients'));
    const rows = [...table.matchAll(/^\| `(\w+)` +\| (\d{3}) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
    assert.deepEqual(
      rows,
      CODES.map((code) => [code, String(ERRORS[code].status), ADVICE[code]]),
    );
  });
});
