import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from '../shared/contract.js';

/** What one `GET /v1/exports/{id}` said. */
export interface Sample {
  /** When the answer came, in ms of any clock. */
  readonly at: number;
  readonly phase: Phase;
  readonly progress: number;
  readonly rowsExported: number;
}

export interface ProgressFindings {
  readonly samples: number;
  /** Answers in which percent or rows were fewer than in the one before. */
  readonly stepsBack: number;
  /** Longest time without a movement of percent or rows while segments were exported, in ms. */
  readonly longestStill: number;
  /** How long each phase was seen, in ms. */
  readonly phases: Readonly<Partial<Record<Phase, number>>>;
}

/** What somebody who watches would complain about. */
export function findInProgress(samples: readonly Sample[]): ProgressFindings {
  let stepsBack = 0;
  let longestStill = 0;
  let before: Sample | undefined;
  let movedAt: number | undefined;
  const phases: Partial<Record<Phase, number>> = {};
  for (const sample of samples) {
    const { at, phase, progress, rowsExported } = sample;
    if (before !== undefined && (progress < before.progress || rowsExported < before.rowsExported)) stepsBack += 1;
    const moved = progress !== before?.progress || rowsExported !== before.rowsExported;
    if (before !== undefined) phases[before.phase] = (phases[before.phase] ?? 0) + at - before.at;
    // The pause that ends with the phase counts, too.
    if (movedAt !== undefined) longestStill = Math.max(longestStill, at - movedAt);
    if (phase !== 'exporting') movedAt = undefined;
    else if (moved || movedAt === undefined) movedAt = at;
    before = sample;
  }
  return { samples: samples.length, stepsBack, longestStill, phases };
}

/** Asks every `everyMs` until the signal is aborted; answers what was seen. */
export async function watchProgress(
  ask: () => Promise<Omit<Sample, 'at'>>,
  everyMs: number,
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (!signal.aborted) {
    const sample = await ask();
    samples.push({ at: performance.now(), ...sample });
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}
