import { v5 } from 'uuid';

/** Never to be changed: runs would mean other jobs from then on. */
const RUN_NAMESPACE = '0d6f0a52-9a0e-4f0b-8b57-3a1f5d2c9e44';

/** The job of a schedule's run: however often the run is retried or reset, it is one job. */
export const jobIdOfRun = (workflowId: string): string => v5(workflowId, RUN_NAMESPACE);
