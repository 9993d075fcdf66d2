import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { Admission, AdmitRequest } from '../shared/temporal/inputs.js';
import type { Reaper } from './reaper.js';
import type { Slots } from './slots.js';
import { startChildExport } from './start-child-export.js';

/** Gives requests of the API a slot and starts their exports, in one step. */
export class Admissions {
  constructor(
    private readonly slots: Slots,
    private readonly reaper: Reaper,
  ) {}

  /** Rejects what can be rejected immediately. A rejection here writes no event, so impatient clients cost nothing. */
  validate(request: AdmitRequest): void {
    refuseLate(request);
    const isFull = !this.slots.isActive(request.job.jobId) && this.slots.isFull(request.limit);
    if (isFull && this.reaper.isFresh) throw this.tooMany(request.limit);
  }

  async admit(request: AdmitRequest): Promise<Admission> {
    const { jobId } = request.job;
    this.slots.setLimit(request.limit);
    if (!this.slots.isActive(jobId) && this.slots.isFull()) {
      await this.reaper.reapDead();
      refuseLate(request);
    }
    const verdict = this.slots.admit(jobId);
    if (verdict === 'known') return { jobId, started: false };
    if (verdict === 'full') throw this.tooMany(request.limit);
    const started = this.start(request);
    if (!request.atOnce) return { jobId, started: await started };
    // The command that starts the export and this answer reach the server together.
    void started.catch(() => {
      this.slots.unsettle(jobId);
    });
    return { jobId, started: true };
  }

  /** @returns false if the export had been started before */
  private async start(request: AdmitRequest): Promise<boolean> {
    const { jobId } = request.job;
    try {
      // A cancel of the semaphore must not cancel the start.
      await CancellationScope.nonCancellable(() => startChildExport({ ...request, admitted: true }));
      this.slots.confirmStart(jobId);
      return true;
    } catch (error) {
      this.slots.release(jobId);
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      // Anything but an ApplicationFailure would fail the workflow task again and again.
      throw ApplicationFailure.nonRetryable("The export couldn't be started.", 'TEMPORARILY_UNAVAILABLE');
    }
  }

  private tooMany(limit: number): ApplicationFailure {
    const { active } = this.slots;
    const message = `You already have ${limit} active exports (the limit).`;
    return ApplicationFailure.nonRetryable(message, 'TOO_MANY_EXPORTS', active);
  }
}

function refuseLate({ notAfter }: AdmitRequest): void {
  if (Date.now() <= notAfter) return;
  throw ApplicationFailure.nonRetryable('The request waited too long for a worker.', 'TEMPORARILY_UNAVAILABLE');
}
