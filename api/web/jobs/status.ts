import type { ListedJob } from '../../../shared/job/schema.js';

const PHASES = {
  waiting: 'Waiting',
  planning: 'Planning',
  exporting: 'Exporting',
  finishing: 'Finishing',
  publishing: 'Finishing',
  done: 'Finishing',
} as const satisfies Record<ListedJob['phase'], string>;

const ENDED = { COMPLETED: 'Ready', FAILED: 'Failed', CANCELLED: 'Cancelled', EXPIRED: 'Expired' } as const;

/** Where an export stands, in a word. */
export function statusWord({ status, phase, cancel_requested_at: cancelled }: ListedJob): string {
  if (status !== 'QUEUED' && status !== 'PROCESSING') return ENDED[status];
  return cancelled === null ? PHASES[phase] : 'Cancelling';
}

/** How it ended, in a sentence, for those who hear the page. */
export function ending({ status, error_message: why }: ListedJob, title: string): string {
  switch (status) {
    case 'COMPLETED':
      return `${title} is ready to download.`;
    case 'FAILED':
      return `${title} failed. ${why ?? ''}`;
    case 'CANCELLED':
      return `${title} is cancelled.`;
    case 'EXPIRED':
      return `The file of ${title} is gone.`;
    default:
      return '';
  }
}
