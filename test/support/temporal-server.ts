import { randomUUID } from 'node:crypto';
import type { Stack } from '../../dev/stack/stack.js';
import { isTemporalServerBuilt } from '../../dev/temporal-server/programs.js';
import { startTemporalServer, type TemporalServerOptions } from '../../dev/temporal-server/start.js';
import { LONG } from './depth.js';
import { orSkip } from './or-skip.js';
import { stack, stackWith } from './stack.js';

/**
 * A separate stack with the real Temporal server on the shared PostgreSQL. The test must stop it. Skips the test if
 * the server would have to be built, which takes minutes and happens only in long runs.
 */
export async function stackOnTemporalServer(
  context: Mocha.Context,
  options: TemporalServerOptions = {},
): Promise<Stack> {
  if (!LONG && !(await isTemporalServerBuilt())) {
    console.log('      skipped: the Temporal server is not built; npm run test:long builds it');
    return context.skip();
  }
  return orSkip(context, () =>
    stackWith(['temporal'], {
      startTemporal: (services) =>
        startTemporalServer(services, {
          databaseUrl: stack().env.DATABASE_URL,
          databaseName: `temporal_${randomUUID().slice(0, 8)}`,
          ...options,
        }),
    }),
  );
}
