import { sleep } from '@temporalio/workflow';
import type { SlotsTuning } from '../shared/temporal/inputs.js';
import { controlActivities, describeActivities } from './activity-options.js';
import type { Slots } from './slots.js';

/** A refused caller that asks again within this time is answered from the last result. */
const FRESH_MS = 1000;

/** Finds exports that died without releasing their slots, frees the slots, and ends the rows. */
export class Reaper {
  private reaping: Promise<void> | null = null;
  private reapedAt = 0;
  private isSettling = false;

  /** @param tuning returns the tuning of the latest request */
  constructor(
    private readonly slots: Slots,
    private readonly tenantId: string,
    private readonly tuning: () => SlotsTuning,
  ) {}

  /** Whether a search for dead exports is running, or has just ended. */
  get isFresh(): boolean {
    return this.reaping !== null || Date.now() - this.reapedAt < FRESH_MS;
  }

  /** Frees the slots of dead exports. Callers share one run. */
  reapDead(): Promise<void> {
    this.reaping ??= this.reapOnce().finally(() => {
      this.reaping = null;
    });
    return this.reaping;
  }

  private async reapOnce(): Promise<void> {
    const jobIds = this.slots.reapable;
    // An export that can't be described counts as alive.
    const dead =
      jobIds.length === 0
        ? []
        : await describeActivities()
            .findDeadExports({ jobIds })
            .catch(() => []);
    this.slots.reap(dead);
    this.reapedAt = Date.now();
  }

  get mustSettle(): boolean {
    return this.slots.unsettled.length > 0 && !this.isSettling;
  }

  /** Ends the rows of dead exports and notifies their users, one at a time. */
  async settleDead(): Promise<void> {
    this.isSettling = true;
    try {
      for (const jobId of this.slots.unsettled) await this.settle(jobId);
    } finally {
      this.isSettling = false;
    }
  }

  private async settle(jobId: string): Promise<void> {
    const tuning = this.tuning();
    const { settleExport } = controlActivities(tuning, { summary: jobId });
    try {
      await settleExport({ jobId, tenantId: this.tenantId });
      this.slots.settle(jobId);
    } catch {
      await sleep(tuning.reapEveryMs);
    }
  }
}
