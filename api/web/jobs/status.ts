import type { ListedJob } from '../../../shared/job/schema.js';

const PHASES = {
  waiting: 'Waiting',
  planning: 'Planning',
  exporting: 'Exporting',
  finishing: 'Finishing',
  publishing: 'Finishing',
  done: 'Finishing',
} as const satisfies Record<ListedJob['phase'], string>;

const ENDED = { COMPLETED: 'Ready', FAILED: 'Failed', CANCELLED: 'Canceled' } as const;

/** The badge of an export. */
export function statusWord(job: ListedJob): string {
  const { status, phase, cancel_requested_at: cancelRequestedAt } = job;
  if (status === 'EXPIRED') return wasDeleted(job) ? 'Deleted' : 'Expired';
  if (status !== 'QUEUED' && status !== 'PROCESSING') return ENDED[status];
  return cancelRequestedAt === null ? PHASES[phase] : 'Canceling';
}

/** Whether the user deleted the file while its link was valid. Files of expired links are deleted, too, but later. */
const wasDeleted = ({ file_deleted_at: deletedAt, url_expires_at: expiresAt }: ListedJob): boolean =>
  deletedAt !== null && (expiresAt === null || Date.parse(deletedAt) < Date.parse(expiresAt));

/** How an export ended, in a sentence for screen readers. */
export function ending({ status, error_message: reason }: ListedJob, title: string): string {
  switch (status) {
    case 'COMPLETED':
      return `${title} is ready to download.`;
    case 'FAILED':
      return `${title} failed. ${reason ?? ''}`;
    case 'CANCELLED':
      return `${title} was canceled.`;
    case 'EXPIRED':
      return `The file of ${title} is no longer available.`;
    default:
      return '';
  }
}
