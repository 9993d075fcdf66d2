import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { jobIdOfWorkflow } from '../shared/temporal/names.js';

/** By the names that the API's lines have. */
interface Fields {
  job_id?: string;
  tenant_id?: string;
}

/** Job and tenant, as activities are told them: `{ jobId, tenantId }`, or `{ job }` at the first step. */
function fieldsOf(input: unknown): Fields {
  if (typeof input !== 'object' || input === null) return {};
  if ('job' in input) return fieldsOf(input.job);
  const fields: Fields = {};
  if ('jobId' in input && typeof input.jobId === 'string') fields.job_id = input.jobId;
  if ('tenantId' in input && typeof input.tenantId === 'string') fields.tenant_id = input.tenantId;
  return fields;
}

/** Every line that an activity logs says which job and which tenant it is about. */
export const activityLogFields: ActivityInterceptorsFactory = ({ info }) => {
  // Its first line is written before it has its input.
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
