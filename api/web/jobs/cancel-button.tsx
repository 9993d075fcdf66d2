import type { VNode } from 'preact';
import type { ListedJob } from '../../../shared/job/schema.js';
import { headingId } from './heading-id.js';
import { useFocusAfter } from './use-focus-after.js';

interface Props {
  readonly job: ListedJob;
  readonly name: string;
  readonly onCancel: () => void;
}

/** Stays visible, but does nothing, once the export is being canceled. */
export function CancelButton({ job, name, onCancel }: Props): VNode {
  const row = useFocusAfter(headingId(job.job_id));
  const isCanceling = job.cancel_requested_at !== null;
  return (
    <div class="row" ref={row}>
      <button
        type="button"
        aria-disabled={isCanceling}
        aria-label={`Cancel ${name}`}
        onClick={() => {
          if (!isCanceling) onCancel();
        }}
      >
        Cancel
      </button>
    </div>
  );
}
