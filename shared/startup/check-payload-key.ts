import { isGrpcServiceError, type Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import { keyIdOf, PayloadKeyError } from '../temporal/payload-codec.js';
import { askInTime, SILENCE_MS } from '../time-limit.js';

/** The schedule that `npm run setup:temporal` creates, encrypted with the first key at that time. */
export const RETENTION_SCHEDULE = 'export-retention';

/** gRPC's NOT_FOUND. */
const NO_SCHEDULE: readonly number[] = [5];

const PAUSE_MS = 250;

/**
 * Whether this process can decrypt Temporal's payloads. Without the key, it would fail every workflow task again and
 * again.
 * @returns null, or a sentence for the operator
 * @throws Temporal errors or TimeLimitError if the schedule can't be read: in a new namespace, the schedule's own
 * workflow does not answer for a few seconds
 */
export async function checkPayloadKey(client: Client): Promise<string | null> {
  const { namespace, loadedDataConverter } = client.options;
  try {
    const { schedule } = await askInTime(client, SILENCE_MS, () =>
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
}

/**
 * Repeats `checkPayloadKey` until it succeeds, for at most `patienceMs`.
 * @param unanswered called with the reason if no attempt succeeded; the process may start anyway
 */
export async function checkPayloadKeyWithRetries(
  client: Client,
  patienceMs: number,
  unanswered: (reason: string) => void,
): Promise<string | null> {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await checkPayloadKey(client);
    } catch (error) {
      if (Date.now() + PAUSE_MS >= end) {
        unanswered(messageOf(error));
        return null;
      }
      await sleep(PAUSE_MS);
    }
  }
}
