import { v5 } from 'uuid';

/** Must never change: runs would get other job ids. */
const RUN_NAMESPACE = '0d6f0a52-9a0e-4f0b-8b57-3a1f5d2c9e44';

/** The job id of a schedule's run, which stays the same if the run is retried or reset. */
export const jobIdOfRun = (workflowId: string): string => v5(workflowId, RUN_NAMESPACE);
