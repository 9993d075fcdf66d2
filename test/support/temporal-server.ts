import { randomUUID } from 'node:crypto';
import type { Stack } from '../../dev/stack/stack.js';
import { startTemporalServer, type TemporalServerOptions } from '../../dev/temporal-server/start.js';
import { stack, stackWith } from './stack.js';

/**
 * A stack beside the shared one, whose Temporal is the real server, on the shared PostgreSQL. The test closes it.
 * @throws StackError when Go is missing: call it within `orSkip`
 */
export const stackOnTemporalServer = (options: TemporalServerOptions = {}): Promise<Stack> =>
  stackWith(['temporal'], {
    startTemporal: (context) =>
      startTemporalServer(context, {
        databaseUrl: stack().env.DATABASE_URL,
        databaseName: `temporal_${randomUUID().slice(0, 8)}`,
        ...options,
      }),
  });
