import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { RETENTION_SCHEDULE } from '../shared/startup/check-payload-key.js';
import { keyIdOf } from '../shared/temporal/payload-codec.js';
import { isUserSchedule } from '../shared/schedules/contract.js';

/**
 * Encrypts the arguments and summary of this service's schedules with the first key if they use another key or are
 * plain text; leaves other applications' schedules alone. Temporal cannot change a memo, which holds the creation time
 * and a hash, so the memo keeps its key. Does nothing without a key.
 * @returns the names of older keys that memos still need
 */
export async function encryptSchedules(client: Client): Promise<ReadonlySet<string>> {
  const { workflowService } = client;
  const { namespace, loadedDataConverter } = client.options;
  const needed = new Set<string>();
  const [codec] = loadedDataConverter.payloadCodecs;
  if (codec === undefined) return needed;
  const [probe = {}] = await codec.encode([{}]);
  const current = keyIdOf(probe);
  const again = async (payloads: Payload[]): Promise<Payload[]> => codec.encode(await codec.decode(payloads));

  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId !== RETENTION_SCHEDULE && !isUserSchedule(scheduleId)) continue;
    const { schedule, conflictToken, memo } = await workflowService.describeSchedule({ namespace, scheduleId });
    for (const payload of Object.values(memo?.fields ?? {})) {
      const id = keyIdOf(payload);
      if (id !== null && id !== current) needed.add(id);
    }
    const start = schedule?.action?.startWorkflow;
    if (schedule == null || start == null) continue;
    const args = start.input?.payloads ?? [];
    const summary = start.userMetadata?.summary;
    if ([...args, ...(summary == null ? [] : [summary])].every((payload) => keyIdOf(payload) === current)) continue;
    start.input = { payloads: await again(args) };
    if (summary != null) start.userMetadata = { summary: (await again([summary]))[0] ?? null };
    const requestId = randomUUID();
    await workflowService.updateSchedule({ namespace, scheduleId, schedule, conflictToken, requestId });
  }
  return needed;
}
