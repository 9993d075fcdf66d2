import type { VNode } from 'preact';
import type { ListedJob } from '../../../shared/job/schema.js';
import { clockTime, counted, moment, size } from '../words.js';
import { headingId } from './heading-id.js';
import { useFocusAfter } from './use-focus-after.js';
import { HOUR, useSecondsLeft } from './use-seconds-left.js';

interface Props {
  readonly job: ListedJob;
  readonly onDelete: () => void;
}

/** The file of a completed export, while its link is valid. */
export function JobFile({ job, onDelete }: Props): VNode {
  const { row_count: rows, file_size: bytes, file_name: name, download_url: url, url_expires_at: until } = job;
  const seconds = useSecondsLeft(until ?? job.created_at);
  const figures = [
    ...(rows === null ? [] : [counted(rows, 'row')]),
    ...(bytes === null ? [] : [size(bytes)]),
    ...(until === null ? [] : [lifetime(until, seconds)]),
  ];
  return (
    <>
      <p class="hint figures">{figures.join(' · ')}</p>
      {job.warnings.map(({ code, message }) => (
        <p key={code} class="warning">
          {message}
        </p>
      ))}
      {url === null || seconds <= 0 ? null : (
        <FileButtons jobId={job.job_id} url={url} name={name ?? 'the file'} onDelete={onDelete} />
      )}
    </>
  );
}

interface ButtonsProps {
  readonly jobId: string;
  readonly url: string;
  readonly name: string;
  readonly onDelete: () => void;
}

function FileButtons({ jobId, url, name, onDelete }: ButtonsProps): VNode {
  const row = useFocusAfter(headingId(jobId));
  return (
    <div class="row" ref={row}>
      <a class="button main" href={url} aria-label={`Download ${name}`}>
        Download
      </a>
      <button type="button" class="quiet" onClick={onDelete}>
        Delete file
      </button>
    </div>
  );
}

function lifetime(until: string, seconds: number): string {
  if (seconds <= 0) return 'link expired';
  return seconds > HOUR ? `link expires ${moment(until)}` : `link expires in ${clockTime(seconds)}`;
}
