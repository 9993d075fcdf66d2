import { allEnded } from '../../shared/all-ended.js';
import { migrate } from '../../shared/job/migrate.js';
import { connectTemporal } from '../../shared/temporal/client.js';
import { setUpTemporal } from '../../worker/set-up-temporal.js';
import type { Progress } from '../stack/progress.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from '../stack/stack-error.js';
import type { Stack } from '../stack/stack.js';

/** Does the same as `npm run migrate` and `npm run setup:temporal`. */
export async function prepareService({ env }: Stack, progress: Progress): Promise<void> {
  await allEnded([
    progress.step("The service's tables", async () => {
      await migrate(env.DATABASE_URL).catch((error: unknown) => {
        throw new StackError(`The service's tables couldn't be created: ${messageOf(error)}.`, { cause: error });
      });
    }),
    progress.step('Search attributes and schedule', async () => {
      const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = env;
      const temporal = connectTemporal({ connection: { address }, namespace });
      try {
        await setUpTemporal(temporal, namespace);
      } catch (error) {
        throw new StackError(`Temporal at ${address} couldn't be set up: ${messageOf(error)}.`, { cause: error });
      } finally {
        await temporal.close();
      }
    }),
  ]);
}
