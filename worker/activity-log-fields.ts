import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { jobIdOfWorkflow } from '../shared/temporal/names.js';

/** Named as in the API's log. */
interface Fields {
  job_id?: string;
  tenant_id?: string;
}

/** Job and tenant from an activity's input: `{ jobId, tenantId }`, or `{ job }` in the first step. */
function fieldsOf(input: unknown): Fields {
  if (typeof input !== 'object' || input === null) return {};
  if ('job' in input) return fieldsOf(input.job);
  const fields: Fields = {};
  if ('jobId' in input && typeof input.jobId === 'string') fields.job_id = input.jobId;
  if ('tenantId' in input && typeof input.tenantId === 'string') fields.tenant_id = input.tenantId;
  return fields;
}

/** Adds the job and the tenant to every line that an activity logs. */
export const activityLogFields: ActivityInterceptorsFactory = ({ info }) => {
  // The first line is logged before the input is available.
  const jobId = jobIdOfWorkflow(info.workflowExecution?.workflowId ?? '');
  let fields: Fields = jobId === null ? {} : { job_id: jobId };
  return {
    inbound: {
      execute(input, next) {
        fields = { ...fields, ...fieldsOf(input.args[0]) };
        return next(input);
      },
    },
    outbound: { getLogAttributes: (attributes, next) => next({ ...attributes, ...fields }) },
  };
};
