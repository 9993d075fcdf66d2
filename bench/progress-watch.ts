import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from '../shared/contract.js';

/** One response to `GET /v1/exports/{id}`. */
export interface ProgressSample {
  /** When the response arrived, ms on any clock. */
  readonly at: number;
  readonly phase: Phase;
  readonly progress: number;
  readonly rowsExported: number;
}

export interface ProgressFindings {
  readonly samples: number;
  /** Responses in which percent or rows were lower than in the previous one. */
  readonly stepsBack: number;
  /** Longest time without a change of percent or rows while segments were exported, ms. */
  readonly longestStill: number;
  /** How long each phase was observed, ms. */
  readonly phases: Readonly<Partial<Record<Phase, number>>>;
}

/** Finds what a user who watches the progress would complain about. */
export function findInProgress(samples: readonly ProgressSample[]): ProgressFindings {
  let stepsBack = 0;
  let longestStill = 0;
  let before: ProgressSample | undefined;
  let movedAt: number | undefined;
  const phases: Partial<Record<Phase, number>> = {};
  for (const sample of samples) {
    const { at, phase, progress, rowsExported } = sample;
    if (before !== undefined && (progress < before.progress || rowsExported < before.rowsExported)) stepsBack += 1;
    const moved = progress !== before?.progress || rowsExported !== before.rowsExported;
    if (before !== undefined) phases[before.phase] = (phases[before.phase] ?? 0) + at - before.at;
    // The pause at the end of the phase counts, too.
    if (movedAt !== undefined) longestStill = Math.max(longestStill, at - movedAt);
    if (phase !== 'exporting') movedAt = undefined;
    else if (moved || movedAt === undefined) movedAt = at;
    before = sample;
  }
  return { samples: samples.length, stepsBack, longestStill, phases };
}

/** Polls every `everyMs` until the signal aborts, then returns the findings. */
export async function watchProgress(
  ask: () => Promise<Omit<ProgressSample, 'at'>>,
  everyMs: number,
  signal: AbortSignal,
): Promise<ProgressSample[]> {
  const samples: ProgressSample[] = [];
  while (!signal.aborted) {
    const sample = await ask();
    samples.push({ at: performance.now(), ...sample });
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}
