import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { exportWorkflowId } from '../shared/temporal/names.js';
import type { AdmitRequest, SlotsInput, SlotsTuning } from '../shared/temporal/inputs.js';
import { slotsTuning } from '../shared/temporal/tuning.js';
import { Admissions } from './admissions.js';
import {
  admitUpdate,
  claimUpdate,
  isHolderQuery,
  releaseSignal,
  slotGrantedSignal,
  slotsQuery,
} from '../shared/temporal/messages.js';
import { Reaper } from './reaper.js';
import { Slots } from './slots.js';
import { slotsDetails } from './steps.js';

/**
 * The semaphore: one workflow per user, `export-slots/{tenant}/{user}`, which wires `Slots` to Temporal.
 *
 * A slot is a lease, not a child workflow: a parent misses resets of its children and loses them at continue-as-new.
 * Exports that end normally release their slots by signal. The reaper finds those that don't: it runs whenever somebody
 * is refused, and every minute. The semaphore ends after a while without exports, and starts again from the user's
 * active rows.
 */
export async function userExportSlots(input: SlotsInput): Promise<void> {
  let { tuning } = input;
  const show = (): void => {
    setCurrentDetails(slotsDetails(slots.snapshot(), slots.limit));
  };
  const slots = new Slots(input.state, input.limit, { granted: tellGranted, changed: show });
  const reaper = new Reaper(slots, input.tenantId, () => tuning);
  const admissions = new Admissions(slots, reaper);

  setHandler(isHolderQuery, (jobId) => slots.isHolder(jobId), {
    description: 'Whether the export (job id) holds a slot',
  });
  setHandler(slotsQuery, () => slots.snapshot(), {
    description: 'Exports that hold a slot, wait for one, or were found dead',
  });
  setHandler(
    releaseSignal,
    (jobId) => {
      slots.release(jobId);
    },
    {
      description:
        'Reports that the export (job id) has ended. One that is still running loses its slot and claims it again',
    },
  );
  setHandler(
    claimUpdate,
    async ({ jobId, limit }) => {
      slots.setLimit(limit);
      if (slots.claim(jobId)) return true;
      await reaper.reapDead();
      return slots.isHolder(jobId);
    },
    { description: 'Sent by an export: claims a slot for it, or queues it' },
  );
  setHandler(
    admitUpdate,
    (request) => {
      tuning = slotsTuning(request.tuning);
      return admissions.admit(request);
    },
    {
      description: 'Sent by the API: claims a slot and starts an export',
      validator: (request: AdmitRequest) => {
        admissions.validate(request);
      },
    },
  );
  slots.grant();
  show();

  try {
    const end = await serve(slots, reaper, () => tuning);
    if (end === 'idle') return;
    const { limit } = slots;
    await continueAsNew<typeof userExportSlots>({ ...input, limit, tuning, state: slots.snapshot() });
  } catch (error) {
    // If an operator cancels the semaphore, no export ends, and promised admissions still happen.
    await CancellationScope.nonCancellable(() => condition(() => isQuiet(slots)));
    throw error;
  }
}

/** No caller waits for an answer, and every admitted export exists. */
const isQuiet = (slots: Slots): boolean => allHandlersFinished() && !slots.isStarting;
const isBusy = (slots: Slots): boolean => slots.active.length > 0;

/** Looks for dead exports while any are active, and settles those it finds, until it is idle or its history is long. */
async function serve(slots: Slots, reaper: Reaper, tuning: () => SlotsTuning): Promise<'idle' | 'long'> {
  for (;;) {
    const busy = isBusy(slots);
    const { reapEveryMs, idleMs } = tuning();
    const woken = await condition(
      () => workflowInfo().continueAsNewSuggested || reaper.mustSettle || isBusy(slots) !== busy,
      busy ? reapEveryMs : idleMs,
    );
    if (reaper.mustSettle) void reaper.settleDead().catch(() => undefined);
    const isLong = workflowInfo().continueAsNewSuggested;
    if (woken && !isLong) continue;
    if (busy && !isLong) await reaper.reapDead();
    // Ending the run would fail updates that are still being answered.
    await condition(() => isQuiet(slots));
    if (isLong) return 'long';
    if (!isBusy(slots) && slots.unsettled.length === 0) return 'idle';
  }
}

/** Only a hint: an export that misses it claims again by itself, and the reaper finds one that is gone. */
function tellGranted(jobId: string): void {
  void getExternalWorkflowHandle(exportWorkflowId(jobId))
    .signal(slotGrantedSignal)
    .catch(() => undefined);
}
