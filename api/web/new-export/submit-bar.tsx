import type { VNode } from 'preact';
import type { Refusal } from '../refusal.js';
import { counted } from '../words.js';
import { EstimateLine } from './estimate.js';
import { problemsWithoutField } from './field.js';
import type { EstimateState } from './use-estimate.js';

interface Props {
  readonly estimate: EstimateState;
  /** The user's active exports, and their limit. */
  readonly active: number;
  readonly limit: number;
  readonly isStarting: boolean;
  readonly refusal: Refusal | null;
  /** JSON pointers of the fields that show their own problems. */
  readonly shown: readonly string[];
}

/** The estimate, the submit button, and why an export can't start or didn't. */
export function SubmitBar({ estimate, active, limit, isStarting, refusal, shown }: Props): VNode {
  const isFull = active >= limit;
  return (
    <div class="send">
      <EstimateLine estimate={estimate} />
      <div class="press">
        {/* aria-disabled rather than disabled, so that keyboard users can reach it and hear why. */}
        <button type="submit" class="main" aria-disabled={isFull || isStarting} aria-describedby="limit">
          {isStarting ? 'Starting…' : 'Start export'}
        </button>
        <p class="hint" id="limit">
          {usage(active, limit)}
        </p>
      </div>
      <p class="problem" role="alert">
        {refusal === null ? '' : sentence(refusal, shown)}
      </p>
    </div>
  );
}

const usage = (active: number, limit: number): string =>
  active >= limit
    ? `${counted(active, 'export')} running (limit ${limit}). Wait for one to finish.`
    : `${active} of ${counted(limit, 'export')} running.`;

/** Describes the problems that no field shows. */
function sentence({ fields, message }: Refusal, shown: readonly string[]): string {
  if (fields.length === 0) return message;
  const rest = problemsWithoutField(fields, shown);
  if (rest.length === 0) return "The export didn't start. Fix the highlighted fields.";
  return rest.map(({ pointer, detail }) => `${pointer === '' ? 'This request' : pointer} ${detail}.`).join(' ');
}
