import type { VNode } from 'preact';
import type { Refusal } from '../refusal.js';
import { counted } from '../words.js';
import { EstimateLine } from './estimate.js';
import { homeless } from './field.js';
import type { EstimateState } from './use-estimate.js';

interface Props {
  readonly estimate: EstimateState;
  /** Active exports, and how many there may be. */
  readonly active: number;
  readonly limit: number;
  readonly isStarting: boolean;
  readonly refusal: Refusal | null;
  /** Pointers to the fields that show problems of their own. */
  readonly shown: readonly string[];
}

/** What it will be, the button, and why it cannot be pressed or did not do. */
export function Send({ estimate, active, limit, isStarting, refusal, shown }: Props): VNode {
  const isFull = active >= limit;
  return (
    <div class="send">
      <EstimateLine estimate={estimate} />
      <div class="press">
        {/* Not disabled: whoever comes to it by keyboard is to hear why. */}
        <button type="submit" class="main" aria-disabled={isFull || isStarting} aria-describedby="limit">
          {isStarting ? 'Starting…' : 'Start export'}
        </button>
        <p class="hint" id="limit">
          {active} of {counted(limit, 'export')} active. {isFull ? 'Wait for one to finish.' : ''}
        </p>
      </div>
      <p class="problem" role="alert">
        {refusal === null ? '' : sentence(refusal, shown)}
      </p>
    </div>
  );
}

/** What the fields do not say themselves. */
function sentence({ fields, message }: Refusal, shown: readonly string[]): string {
  if (fields.length === 0) return message;
  const rest = homeless(fields, shown);
  if (rest.length === 0) return "The export didn't start. Fix the highlighted fields.";
  return rest.map(({ pointer, detail }) => `${pointer === '' ? 'The request' : pointer} ${detail}.`).join(' ');
}
