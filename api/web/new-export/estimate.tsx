import type { VNode } from 'preact';
import type { Estimate } from '../../../shared/request/estimate-schema.js';
import type { Refusal } from '../refusal.js';
import { counted, duration, size } from '../words.js';
import type { EstimateState } from './use-estimate.js';

/** The estimated rows, bytes and seconds of an export. Keeps its height while there is no estimate. */
export function EstimateLine({ estimate }: { readonly estimate: EstimateState }): VNode {
  return (
    <div class="estimate" data-state={estimate.state}>
      {content(estimate)}
    </div>
  );
}

function content(estimate: EstimateState): VNode {
  switch (estimate.state) {
    case 'asking':
      return <p class="hint">Estimating…</p>;
    case 'refused':
      return <p class="hint">{explainMissing(estimate.refusal)}</p>;
    case 'known':
      return <Known {...estimate.estimate} />;
  }
}

function explainMissing(refusal: Refusal | null): string {
  if (refusal === null) return 'No estimate yet.';
  return refusal.fields.length === 0 ? refusal.message : 'Fix the highlighted field to see an estimate.';
}

function Known({ rows, rows_are: rowsAre, bytes, seconds, reason }: Estimate): VNode {
  const figures = [
    ...(bytes === null ? [] : [`about ${size(bytes)}`]),
    ...(seconds === null ? [] : [`about ${duration(seconds)}`]),
  ];
  return (
    <>
      <p>
        <strong>{`${rowsAre === 'exact' ? '' : 'about '}${counted(rows, 'row')}`}</strong>
        {figures.map((figure) => ` · ${figure}`).join('')}
      </p>
      <p class="hint">
        {rowsAre === 'exact' ? 'Counted exactly.' : 'Approximate, because counting would take longer than a second.'}{' '}
        {reason ?? 'Size and time are based on recent exports.'}
      </p>
    </>
  );
}
