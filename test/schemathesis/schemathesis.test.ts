import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { signToken } from '../../api/access/sign-token.js';
import { DEEP, LONG } from '../support/depth.js';
import { openPython, type Python } from '../support/python.js';
import { JWT_SECRET, someUser, startService, type TestService } from '../support/service.js';

const VERSION = '4.32.5';
/** Cases of each operation that are made up, beside its edges: a run of half a minute, of two, or of many. */
const MAX_EXAMPLES = LONG ? '300' : DEEP ? '6' : '2';
const [LEAST_CASES, RUN_MS] = LONG ? [10_000, 1_200_000] : [1000, 480_000];

/**
 * What the contract does not promise.
 * - positive_data_acceptance: JSON Schema cannot say that a range must not end before it begins, nor that options must
 *   be those of the format; such requests are a 400.
 * - use_after_free: an export that was deleted has no file any more, but stays in the list.
 */
const NOT_PROMISED = 'positive_data_acceptance,use_after_free';

const CONFIG = fileURLToPath(new URL(DEEP ? 'schemathesis.toml' : 'quick.toml', import.meta.url));

describe('schemathesis', function () {
  this.timeout(RUN_MS + 240_000);
  let python: Python;
  let service: TestService;

  before(async () => {
    python = await openPython(`schemathesis-${VERSION}`, [`schemathesis==${VERSION}`], { withDependencies: true });
    // So few rows that exports end at once, and so many slots that most of them start.
    service = await startService({ orders: 20, limit: 50 });
    await service.startWorker();
  });
  after(() => service.close());

  it('finds no 5xx, no undocumented answer, and nothing that contradicts /openapi.json', async () => {
    const token = await signToken(JWT_SECRET, { ...someUser(), ttlSeconds: 3600 });
    const args = ['-m', 'schemathesis.cli', '--config-file', CONFIG, 'run', `${service.url}/openapi.json`];
    const { ok, output } = await python.run(
      [
        ...args,
        ...['--header', `Authorization: Bearer ${token}`, '--exclude-checks', NOT_PROMISED],
        ...['--max-examples', MAX_EXAMPLES, '--workers', '1', '--max-redirects', '0', '--request-timeout', '20'],
        ...['--no-color', '--continue-on-failure', '--generation-database', 'none', '--warnings', 'off'],
        ...['--suppress-health-check', 'all'],
      ],
      RUN_MS,
    );
    assert.ok(ok, output);
    const cases = /(\d+) generated/.exec(output)?.[1];
    assert.ok(Number(cases) >= LEAST_CASES, output);
  });
});
