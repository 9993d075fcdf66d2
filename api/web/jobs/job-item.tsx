import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { moment } from '../words.js';
import { CancelButton } from './cancel-button.js';
import { ConfirmCancel, ConfirmDelete } from './confirm-action.js';
import { headingId } from './heading-id.js';
import { JobFile } from './job-file.js';
import { JobProgress } from './job-progress.js';
import { isUnfinished } from './pages.js';
import { statusWord } from './status.js';
import { useJobActions } from './use-job-actions.js';

interface Props {
  readonly client: Client;
  readonly job: ListedJob;
  /** The dataset's title. */
  readonly title: string;
  readonly isStale: boolean;
  readonly onJob: (job: ListedJob) => void;
  /** Called when the job on the page is out of date. */
  readonly onOutdated: () => void;
}

export function JobItem({ client, job, title, isStale, onJob, onOutdated }: Props): VNode {
  const [question, setQuestion] = useState<'cancel' | 'delete' | null>(null);
  const { problem, cancel, deleteFile } = useJobActions(client, job.job_id, onJob, onOutdated);
  const what = `${title} as ${job.format}`;
  const name = job.name ?? what;
  const dismiss = (): void => {
    setQuestion(null);
  };

  return (
    <li class="job" data-status={job.status}>
      <JobHeader job={job} name={name} what={what} />
      {isUnfinished(job) ? (
        <>
          <JobProgress job={job} title={name} isStale={isStale} />
          <CancelButton
            job={job}
            name={name}
            onCancel={() => {
              setQuestion('cancel');
            }}
          />
        </>
      ) : (
        <Ended
          job={job}
          onDelete={() => {
            setQuestion('delete');
          }}
        />
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
      {question === 'cancel' ? <ConfirmCancel name={name} onYes={cancel} onClose={dismiss} /> : null}
      {question === 'delete' ? <ConfirmDelete fileName={job.file_name} onYes={deleteFile} onClose={dismiss} /> : null}
    </li>
  );
}

interface HeaderProps {
  readonly job: ListedJob;
  readonly name: string;
  /** The dataset and the format. */
  readonly what: string;
}

function JobHeader({ job, name, what }: HeaderProps): VNode {
  return (
    <>
      <div class="row apart">
        <h3 id={headingId(job.job_id)} tabIndex={-1}>
          {name}
        </h3>
        <span class="badge">{statusWord(job)}</span>
      </div>
      <p class="hint">
        {job.name === null ? '' : `${what} · `}
        <time dateTime={job.created_at}>{moment(job.created_at)}</time>
      </p>
    </>
  );
}

function Ended({ job, onDelete }: { readonly job: ListedJob; readonly onDelete: () => void }): VNode | null {
  switch (job.status) {
    case 'COMPLETED':
      return <JobFile job={job} onDelete={onDelete} />;
    case 'FAILED':
      return (
        <p class="problem">
          {job.error_message ?? "We don't know why this export failed."} <code>{job.error_code}</code>
        </p>
      );
    default:
      return null;
  }
}
