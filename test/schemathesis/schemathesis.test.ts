import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { signToken } from '../../api/access/sign-token.js';
import { DEEP, deeply, LONG } from '../support/depth.js';
import { openPython, type Python } from '../support/python.js';
import { JWT_SECRET, someUser, startService, type TestService } from '../support/service.js';

const VERSION = '4.32.5';
/** Generated cases per operation, besides edge cases: a run takes half a minute, two minutes, or much longer. */
const MAX_EXAMPLES = LONG ? '300' : DEEP ? '6' : '2';
const [LEAST_CASES, RUN_MS] = LONG ? [10_000, 1_200_000] : [1000, 480_000];

/**
 * Checks that don't apply to this API.
 * - positive_data_acceptance: JSON Schema cannot express that a range must not end before it begins, or that options
 *   must belong to the format; such requests return 400.
 * - use_after_free: a deleted export has no file any more, but stays in the list.
 */
const NOT_PROMISED = 'positive_data_acceptance,use_after_free';

/** The operations that need these scopes. */
const ADMIN_PATHS = '^/v1/(audit|users|webhooks)|^/temporal-codec';

const CONFIG = fileURLToPath(new URL(LONG ? 'long.toml' : 'schemathesis.toml', import.meta.url));

describe('schemathesis', function () {
  this.timeout(RUN_MS + 240_000);
  let python: Python;
  let service: TestService;

  before(async () => {
    python = await openPython(`schemathesis-${VERSION}`, [`schemathesis==${VERSION}`], { withDependencies: true });
    // Few rows, so that exports end quickly, and enough slots for most of them to start.
    service = await startService({ orders: 20, limit: 50 });
    await service.startWorker();
  });
  after(() => service.close());

  /** Sends requests with a user's token. @returns the number of cases */
  async function run(scopes: readonly string[] | undefined, filter: readonly string[] = []): Promise<number> {
    const user = { ...someUser(), ...(scopes === undefined ? {} : { scopes }) };
    const token = await signToken(JWT_SECRET, { ...user, ttlSeconds: 3600 });
    const args = ['-m', 'schemathesis.cli', '--config-file', CONFIG, 'run', `${service.url}/openapi.json`];
    const { ok, output } = await python.run(
      [
        ...args,
        ...['--header', `Authorization: Bearer ${token}`, '--exclude-checks', NOT_PROMISED],
        ...['--max-examples', MAX_EXAMPLES, '--workers', '1', '--max-redirects', '0', '--request-timeout', '20'],
        ...['--no-color', '--continue-on-failure', '--generation-database', 'none', '--warnings', 'off'],
        ...['--suppress-health-check', 'all', ...filter],
      ],
      RUN_MS,
    );
    assert.ok(ok, output);
    return Number(/(\d+) generated/.exec(output)?.[1]);
  }

  it('finds no 5xx, no undocumented response, and no contradiction of /openapi.json', async () => {
    const cases = await run(undefined);
    assert.ok(cases >= LEAST_CASES, `${cases} cases`);
  });

  deeply('finds none of these with the scopes of an administrator and an operator, either', async () => {
    const scopes = ['exports:read', 'exports:write', 'exports:admin', 'operator:decode'];
    // Without the stateful phase: no response of these operations has an id that another one takes.
    const cases = await run(scopes, ['--include-path-regex', ADMIN_PATHS, '--phases', 'examples,coverage,fuzzing']);
    assert.ok(cases >= 100, `${cases} cases`);
  });
});
