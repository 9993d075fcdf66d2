import type { Expectation } from './expectation.js';
import type { Reading } from './meter.js';
import type { ProgressFindings } from './progress-watch.js';
import type { Target } from './target.js';

/** One turn of one contestant. */
export interface Turn {
  readonly seconds: number;
  /** CPU seconds of the workers, or of a pipeline's programs. */
  readonly clientCpu: number;
  /** Peak of the worker with the highest memory, or the sum over a pipeline's programs, bytes. */
  readonly peakMemory: number;
  readonly reading: Reading;
  readonly key: string;
  readonly bytes: number | undefined;
  readonly rows?: number;
  /** Only for exports. */
  readonly crc32?: string;
  readonly historyEvents?: number;
  readonly postMs?: number;
  readonly progress?: ProgressFindings;
}

export interface TurnPlan {
  readonly name: string;
  readonly title: string;
  readonly target: Target;
  /** The expected file. */
  readonly expected: Expectation;
}
