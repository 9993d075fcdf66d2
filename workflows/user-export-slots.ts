import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { exportWorkflowId, type AdmitRequest, type SlotsInput, type SlotsState } from '../shared/contract.js';
import { controlActivities, lookActivities } from './activity-options.js';
import { admitUpdate, claimUpdate, isHolderQuery, releaseSignal, slotGrantedSignal, slotsQuery } from './messages.js';
import { startExport } from './start-export.js';
import { slotsDetails } from './visible.js';

/** A refused caller that comes back at once is answered from the look that has just ended. */
const LOOK_AGAIN_MS = 1000;

/**
 * The semaphore: one workflow per user, `export-slots/{tenant}/{user}`. Admission takes a slot and starts the export
 * in one step. A slot is a lease, not a child: tracking children would miss resets and continue-as-new. Normal ends
 * release by signal; every other end is found by the look.
 */
export async function userExportSlots(input: SlotsInput): Promise<void> {
  const holders = new Map(Object.entries(input.state.holders));
  const waiters = new Set(input.state.waiters);
  const unsettled = new Set(input.state.unsettled);
  let { limit, tuning } = input;
  let looking: Promise<void> | null = null;
  let lookedAt = 0;
  let settling = false;

  const active = (): number => holders.size + waiters.size;
  const knows = (jobId: string): boolean => holders.has(jobId) || waiters.has(jobId);
  const mustSettle = (): boolean => unsettled.size > 0 && !settling;
  const snapshot = (): SlotsState => ({
    holders: Object.fromEntries(holders),
    waiters: [...waiters],
    unsettled: [...unsettled],
  });
  const tooMany = (): ApplicationFailure =>
    ApplicationFailure.nonRetryable(
      `At most ${limit} exports may be active, and ${active()} are.`,
      'TOO_MANY_EXPORTS',
      [...holders.keys(), ...waiters],
    );

  const show = (): void => {
    setCurrentDetails(slotsDetails(snapshot(), limit));
  };

  function refuseLate({ notAfter }: AdmitRequest): void {
    if (Date.now() <= notAfter) return;
    throw ApplicationFailure.nonRetryable('The request waited for too long.', 'TEMPORARILY_UNAVAILABLE');
  }

  function grant(): void {
    for (const jobId of waiters) {
      if (holders.size >= limit) break;
      waiters.delete(jobId);
      holders.set(jobId, 'held');
      // A hint only: an export that does not hear it asks again by itself; one that is gone is found by the look.
      void getExternalWorkflowHandle(exportWorkflowId(jobId))
        .signal(slotGrantedSignal)
        .catch(() => undefined);
    }
    show();
  }

  /** Frees the slots of exports that are no longer open. One that is still being started would look dead. */
  async function look(): Promise<void> {
    const held = [...holders].filter(([, state]) => state === 'held').map(([jobId]) => jobId);
    const jobIds = [...held, ...waiters];
    const dead =
      jobIds.length === 0
        ? []
        : await lookActivities()
            .describeExports({ jobIds })
            .catch(() => []);
    for (const jobId of dead) {
      if (holders.delete(jobId) || waiters.delete(jobId)) unsettled.add(jobId);
    }
    lookedAt = Date.now();
    grant();
  }
  const lookTogether = (): Promise<void> =>
    (looking ??= look().finally(() => {
      looking = null;
    }));

  /** Tells the users of exports that died without a word. Their slots are free already. */
  async function settle(): Promise<void> {
    settling = true;
    for (const jobId of unsettled) {
      try {
        const about = { jobId, tenantId: input.tenantId, tuning };
        await controlActivities(tuning).settleExport.executeWithOptions({ summary: jobId }, [about]);
        unsettled.delete(jobId);
        show();
      } catch {
        await sleep(tuning.lookEveryMs);
      }
    }
    settling = false;
  }

  /** @returns false when the export had been started before */
  async function start(request: AdmitRequest): Promise<boolean> {
    const { jobId } = request.job;
    holders.set(jobId, 'starting');
    show();
    try {
      // Not cancelled with the semaphore.
      await CancellationScope.nonCancellable(() => startExport({ ...request, admitted: true }));
      // A quick export may have released its slot before its start was confirmed.
      if (holders.has(jobId)) holders.set(jobId, 'held');
      return true;
    } catch (error) {
      holders.delete(jobId);
      grant();
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      // Anything but an ApplicationFailure would fail the workflow task, again and again.
      throw ApplicationFailure.nonRetryable('The export could not be started.', 'TEMPORARILY_UNAVAILABLE');
    }
  }

  setHandler(isHolderQuery, (jobId) => holders.has(jobId), { description: 'Whether the export (job id) holds a slot' });
  setHandler(slotsQuery, snapshot, { description: 'Who holds a slot, who waits for one, who was found dead' });
  setHandler(
    releaseSignal,
    (jobId) => {
      holders.delete(jobId);
      waiters.delete(jobId);
      grant();
    },
    { description: 'The export (job id) has ended. Of one that runs: it loses its slot, and claims it again' },
  );
  setHandler(
    claimUpdate,
    async ({ jobId, limit: asked }) => {
      limit = asked;
      if (holders.has(jobId)) return true;
      waiters.add(jobId);
      if (holders.size >= limit) await lookTogether();
      grant();
      return holders.has(jobId);
    },
    { description: 'Of an export, about itself: a slot, or a place among those that wait' },
  );
  setHandler(
    admitUpdate,
    async (request) => {
      ({ limit, tuning } = request);
      const { jobId } = request.job;
      if (!knows(jobId) && active() >= limit) {
        await lookTogether();
        refuseLate(request);
      }
      if (knows(jobId)) return { jobId, started: false };
      if (active() >= limit) throw tooMany();
      const started = start(request);
      if (request.atOnce !== true || !patched('answers-at-once')) return { jobId, started: await started };
      // The order and this answer go to the server as one.
      void started.catch(() => unsettled.add(jobId));
      return { jobId, started: true };
    },
    {
      description: 'Of the API: takes a slot and starts an export',
      // A refusal here writes no event: fifty impatient clients cost nothing.
      validator: (request: AdmitRequest) => {
        refuseLate(request);
        const looked = looking !== null || Date.now() - lookedAt < LOOK_AGAIN_MS;
        if (!knows(request.job.jobId) && active() >= request.limit && looked) throw tooMany();
      },
    },
  );

  /** Nobody waits for an answer, and each export that was promised is there. */
  const isDone = (): boolean => allHandlersFinished() && ![...holders.values()].includes('starting');

  async function serve(): Promise<void> {
    grant();
    for (;;) {
      const busy = active() > 0;
      const woken = await condition(
        () => workflowInfo().continueAsNewSuggested || mustSettle() || active() > 0 !== busy,
        busy ? tuning.lookEveryMs : tuning.idleMs,
      );
      if (mustSettle()) {
        void settle().catch(() => {
          settling = false;
        });
      }
      if (workflowInfo().continueAsNewSuggested) {
        await condition(isDone);
        return continueAsNew<typeof userExportSlots>({ ...input, limit, tuning, state: snapshot() });
      }
      if (woken) continue;
      if (busy) await lookTogether();
      // An update that is still being answered would fail with the end of its workflow.
      await condition(isDone);
      if (active() === 0 && unsettled.size === 0) return;
    }
  }

  try {
    await serve();
  } catch (error) {
    // An operator's cancel: it ends no export, and breaks no promise.
    await CancellationScope.nonCancellable(() => condition(isDone));
    throw error;
  }
}
