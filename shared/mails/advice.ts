import { isErrorCode, type ErrorCode } from '../errors.js';

const AGAIN = 'Create the export again. If it fails again, contact your administrator and mention the export below.';
const LATER = 'Your request is fine: part of the service was unavailable for too long. Try again later.';
const MENDING =
  'Your request is fine, but the service has to be fixed first. Contact your administrator and mention the export below.';
const LESS_DATA = 'Choose fewer columns or set a filter, such as a shorter date range, then create the export again.';

/** What the user of a failed export can do, by its `error_code`. */
const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  TOO_MANY_ROWS:
    'Set a filter (a shorter range of dates, say), and ask for the export again, in several parts if need be.',
  FILE_TOO_LARGE: LESS_DATA,
  PLAN_OUTGROWN: LESS_DATA,
  TIMED_OUT: `It may have been too much at once. ${LESS_DATA}`,
  TERMINATED: "You can create the export again. If you don't know why it was stopped, contact your administrator.",
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
