import { isErrorCode, type ErrorCode } from '../errors.js';

const AGAIN = 'Ask for the export again. If it fails again, tell whoever runs this service, and name the export below.';
const LATER = 'Your request is fine: a part of the service was away for too long. Ask for the export again in a while.';
const MENDING =
  'Your request is fine, but the service has to be mended first. Tell whoever runs it, and name the export below.';
const LESS_DATA = 'Choose fewer columns or set a filter (a shorter range of dates, say), and ask for the export again.';

/** What the user of a failed export can do, by its `error_code`. */
const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  TOO_MANY_ROWS:
    'Set a filter (a shorter range of dates, say), and ask for the export again, in several parts if need be.',
  FILE_TOO_LARGE: LESS_DATA,
  PLAN_OUTGROWN: LESS_DATA,
  TIMED_OUT: `It may have been too much at once. ${LESS_DATA}`,
  TERMINATED: 'You can ask for the export again. If you do not know why it was stopped, ask whoever runs this service.',
  SOURCE_UNAVAILABLE: LATER,
  JOB_STORE_UNAVAILABLE: LATER,
  STORAGE_UNAVAILABLE: LATER,
  STORAGE_REFUSED: MENDING,
  SCHEDULE_OUTDATED:
    'What can be exported has changed since you made the schedule. Change its request, or delete it and make another.',
  DATASET_UNAVAILABLE: MENDING,
  SOURCE_FORBIDDEN: MENDING,
  KEY_NOT_UNIQUE: MENDING,
  COMPUTE_FAILED: MENDING,
};

export const adviceFor = (code: string | null): string => (isErrorCode(code) ? (ADVICE[code] ?? AGAIN) : AGAIN);
