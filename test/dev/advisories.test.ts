import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { crc32 } from 'node:zlib';
import { EXCEPTIONS } from '../../dev/advisories/exceptions.js';
import { runProgram } from '../api/programs.js';
import { deeply } from '../support/depth.js';

interface Published {
  readonly id: string;
  readonly package: string;
}

describe('npm run advisories', function () {
  this.timeout(120_000);
  let registry: Server;
  /** The advisories that the registry knows; null: it doesn't support the request. */
  let published: readonly Published[] | null;

  before(async () => {
    registry = createServer((request, response) => {
      request.resume();
      const isAsked = request.url === '/-/npm/v1/security/advisories/bulk';
      response.writeHead(isAsked && published !== null ? 200 : isAsked ? 405 : 404, {
        'content-type': 'application/json',
      });
      response.end(isAsked && published !== null ? JSON.stringify(answer(published)) : '{}');
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
  });
  after(async () => {
    registry.close();
    await once(registry, 'close');
  });

  /** Runs the check with the real npm. */
  async function check() {
    const address = registry.address();
    assert(typeof address === 'object' && address !== null);
    return runProgram('dev/advisories.ts', [], { npm_config_registry: `http://127.0.0.1:${address.port}` });
  }

  it('passes if every advisory has an exception', async () => {
    published = EXCEPTIONS;
    assert.deepEqual(await check(), {
      code: 0,
      stdout: `Advisories: none besides the ${EXCEPTIONS.length} exceptions in dev/advisories/exceptions.ts\n`,
      stderr: '',
    });
  });

  it('fails with the name of a package that has another advisory', async () => {
    published = [...EXCEPTIONS, { id: 'GHSA-aaaa-bbbb-cccc', package: 'xlsx' }, { id: 'GHSA-1', package: 'jose' }];
    const { code, stderr } = await check();
    assert.equal(code, 1);
    assert.match(stderr, /^Advisories:\n(?: {2}(?:xlsx .*GHSA-aaaa-bbbb-cccc|jose .*GHSA-1)\)\n){2}$/);
  });

  deeply('fails when an exception no longer applies', async () => {
    published = EXCEPTIONS.slice(1);
    const { code, stderr } = await check();
    assert.deepEqual(
      { code, stderr },
      {
        code: 1,
        stderr: `Advisories:\n  ${EXCEPTIONS[0]?.package}: the exception for ${EXCEPTIONS[0]?.id} no longer applies. Remove it.\n`,
      },
    );
  });

  it('reports that it was skipped when the registry does not respond', async () => {
    published = null;
    const { code, stdout } = await check();
    assert.equal(code, 0);
    assert.match(stdout, /^Advisories: SKIPPED, the registry doesn't respond: 405 Method Not Allowed/);
  });
});

/** Grouped by package; npm caches advisories by number. */
const answer = (published: readonly Published[]) =>
  Object.groupBy(
    published.map(({ id, package: name }) => ({
      ...{ name, id: crc32(id), url: `https://github.com/advisories/${id}`, title: 'It is weak', severity: 'high' },
      ...{ vulnerable_versions: '<1000', cwe: [], cvss: { score: 7, vectorString: null } },
    })),
    ({ name }) => name,
  );
