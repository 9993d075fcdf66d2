import { isGrpcServiceError, type Client } from '@temporalio/client';
import { keyIdOf, PayloadKeyError } from '../temporal/payload-codec.js';
import { checked } from './checks.js';
import { SILENCE_MS } from '../time-limit.js';

/** The schedule that `npm run setup:temporal` makes: encrypted with the key that was first then. */
export const RETENTION_SCHEDULE = 'export-retention';

/** gRPC's NOT_FOUND. */
const NO_SCHEDULE: readonly number[] = [5];

/**
 * A process without the key would fail every workflow task that it gets, again and again.
 * @returns null, or a sentence for the operator; never throws
 */
export async function checkPayloadKey(client: Client): Promise<string | null> {
  const { namespace, loadedDataConverter } = client.options;
  return checked(
    async () => {
      try {
        const { schedule } = await client.connection.withDeadline(Date.now() + SILENCE_MS, () =>
          client.workflowService.describeSchedule({ namespace, scheduleId: RETENTION_SCHEDULE }),
        );
        const payloads = schedule?.action?.startWorkflow?.input?.payloads ?? [];
        const [codec] = loadedDataConverter.payloadCodecs;
        await codec?.decode(payloads);
        const isEncrypted = payloads.some((payload) => keyIdOf(payload) !== null);
        return codec === undefined && isEncrypted ? "Temporal's payloads are encrypted: set PAYLOAD_KEY." : null;
      } catch (error) {
        if (error instanceof PayloadKeyError) return error.message;
        if (isGrpcServiceError(error) && NO_SCHEDULE.includes(error.code)) return null;
        throw error;
      }
    },
    (reason) => `Could not check how Temporal's payloads are encrypted (${reason}): see that Temporal is running.`,
  );
}
