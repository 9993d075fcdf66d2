import { randomUUID } from 'node:crypto';
import type { Stack } from '../../dev/stack/stack.js';
import { isTemporalServerBuilt } from '../../dev/temporal-server/programs.js';
import { startTemporalServer, type TemporalServerOptions } from '../../dev/temporal-server/start.js';
import { LONG } from './depth.js';
import { orSkip } from './or-skip.js';
import { stack, stackWith } from './stack.js';

/**
 * A stack beside the shared one, whose Temporal is the real server, on the shared PostgreSQL. The test closes it. Skips
 * the test where the server would have to be built, which takes minutes: that is for a long run.
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
