import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { sentenceOf } from '../refusal.js';
import { moment } from '../words.js';
import { Confirm } from './confirm.js';
import { headingId } from './heading-id.js';
import { JobFile } from './job-file.js';
import { JobProgress } from './job-progress.js';
import { isActive } from './pages.js';
import { statusWord } from './status.js';
import { useFocusAfter } from './use-focus-after.js';

interface Props {
  readonly client: Client;
  readonly job: ListedJob;
  /** Of what is exported. */
  readonly title: string;
  readonly isStale: boolean;
  readonly onJob: (job: ListedJob) => void;
  /** What is shown of it is no longer so. */
  readonly onOutdated: () => void;
}

export function JobItem({ client, job, title, isStale, onJob, onOutdated }: Props): VNode {
  const [asks, setAsks] = useState<'cancel' | 'delete' | null>(null);
  const [problem, setProblem] = useState('');
  const name = `${title} as ${job.format}`;

  const run = async (work: () => Promise<void>): Promise<void> => {
    setProblem('');
    await work().catch((error: unknown) => {
      setProblem(sentenceOf(error));
      onOutdated();
    });
  };
  const cancel = (): Promise<void> =>
    run(async () => {
      onJob(await client.cancel(job.job_id));
    });
  const deleteFile = (): Promise<void> =>
    run(async () => {
      await client.deleteFile(job.job_id);
      onOutdated();
    });

  return (
    <li class="job" data-status={job.status}>
      <div class="row apart">
        <h3 id={headingId(job.job_id)} tabIndex={-1}>
          {name}
        </h3>
        <span class="badge">{statusWord(job)}</span>
      </div>
      <p class="hint">
        <time dateTime={job.created_at}>{moment(job.created_at)}</time>
        {job.status === 'EXPIRED'
          ? job.file_deleted_at === null
            ? ' · the link has ended'
            : ' · the file is deleted'
          : ''}
      </p>
      {isActive(job) ? (
        <>
          <JobProgress job={job} title={name} isStale={isStale} />
          <CancelButton
            job={job}
            name={name}
            onCancel={() => {
              setAsks('cancel');
            }}
          />
        </>
      ) : (
        <Ended
          job={job}
          onDelete={() => {
            setAsks('delete');
          }}
        />
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
      {asks === 'cancel' ? (
        <Confirm
          question="Cancel this export?"
          consequence={`The partial file of ${name} will be discarded.`}
          yes="Cancel the export"
          no="Keep exporting"
          onYes={() => void cancel()}
          onClose={() => {
            setAsks(null);
          }}
        />
      ) : null}
      {asks === 'delete' ? (
        <Confirm
          question="Delete this file?"
          consequence={`${job.file_name ?? 'The file'} will be deleted for everyone who has the link.`}
          yes="Delete the file"
          no="Keep it"
          onYes={() => void deleteFile()}
          onClose={() => {
            setAsks(null);
          }}
        />
      ) : null}
    </li>
  );
}

interface CancelProps {
  readonly job: ListedJob;
  readonly name: string;
  readonly onCancel: () => void;
}

function CancelButton({ job, name, onCancel }: CancelProps): VNode {
  const row = useFocusAfter(headingId(job.job_id));
  const isAsked = job.cancel_requested_at !== null;
  return (
    <div class="row" ref={row}>
      <button
        type="button"
        aria-disabled={isAsked}
        aria-label={`Cancel ${name}`}
        onClick={() => {
          if (!isAsked) onCancel();
        }}
      >
        Cancel
      </button>
    </div>
  );
}

function Ended({ job, onDelete }: { readonly job: ListedJob; readonly onDelete: () => void }): VNode | null {
  switch (job.status) {
    case 'COMPLETED':
      return <JobFile job={job} onDelete={onDelete} />;
    case 'FAILED':
      return (
        <p class="problem">
          {job.error_message ?? 'It gave no reason.'} <code>{job.error_code}</code>
        </p>
      );
    default:
      return null;
  }
}
