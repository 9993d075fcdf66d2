import type { VNode } from 'preact';
import type { ListedJob } from '../../../shared/job/schema.js';
import { formatNumber, counted, duration } from '../words.js';

interface Props {
  readonly job: ListedJob;
  readonly title: string;
  /** The connection to the service is lost, so these figures are the last known ones. */
  readonly isStale: boolean;
}

export function JobProgress({ job, title, isStale }: Props): VNode {
  return (
    <div class="progress">
      <div class="row">
        <progress max={100} value={job.progress} aria-label={`Progress of ${title}`} />
        <span class="percent">{job.progress}%</span>
      </div>
      <p class="hint figures">{isStale ? 'Connection lost. Reconnecting…' : figures(job)}</p>
    </div>
  );
}

function figures(job: ListedJob): string {
  const { total_rows: total, rows_exported: rows, rows_per_second: rate, remaining_seconds: remaining } = job;
  if (total === null) return job.status === 'QUEUED' ? 'Waiting to start…' : 'Counting rows…';
  return [
    `${formatNumber(rows)} of ${counted(total, 'row')}`,
    ...(rate === null ? [] : [`${formatNumber(rate)} rows/s`]),
    ...(remaining === null ? [] : [`${duration(remaining)} left`]),
  ].join(' · ');
}
