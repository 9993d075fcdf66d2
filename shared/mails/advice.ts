import { isErrorCode, type ErrorCode } from '../errors.js';

const AGAIN = 'Create the export again. If it fails again, contact your administrator and mention the export below.';
const LATER = 'Your request is fine: part of the service was unavailable for too long. Try again later.';
const BROKEN =
  'Your request is fine, but the service has to be fixed first. Contact your administrator and mention the export below.';
const LESS_DATA = 'Choose fewer columns or set a filter, such as a shorter date range, then create the export again.';

/** What the user can do about a failed export, by its `error_code`. */
const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  TOO_MANY_ROWS:
    'Set a filter, such as a shorter date range, then create the export again. You can also export the data in several parts.',
  FILE_TOO_LARGE: LESS_DATA,
  PLAN_OUTGROWN: LESS_DATA,
  TIMED_OUT: `The export may have been too large. ${LESS_DATA}`,
  TERMINATED: "You can create the export again. If you don't know why it was stopped, contact your administrator.",
  SOURCE_UNAVAILABLE: LATER,
  JOB_STORE_UNAVAILABLE: LATER,
  STORAGE_UNAVAILABLE: LATER,
  STORAGE_REFUSED: BROKEN,
  SCHEDULE_OUTDATED:
    'The available data has changed since you created the schedule. Update the schedule, or delete it and create a new one.',
  DATASET_UNAVAILABLE: BROKEN,
  SOURCE_FORBIDDEN: BROKEN,
  KEY_NOT_UNIQUE: BROKEN,
  COMPUTE_FAILED: BROKEN,
};

export const adviceFor = (code: string | null): string => (isErrorCode(code) ? (ADVICE[code] ?? AGAIN) : AGAIN);
