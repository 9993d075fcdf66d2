import type { ActivityInterceptorsFactory } from '@temporalio/worker';

interface Fields {
  jobId?: string;
  tenantId?: string;
}

/** Job and tenant, as activities are told them: `{ jobId, tenantId }`, or `{ job }` at the first step. */
function fieldsOf(input: unknown): Fields {
  if (typeof input !== 'object' || input === null) return {};
  if ('job' in input) return fieldsOf(input.job);
  const fields: Fields = {};
  if ('jobId' in input && typeof input.jobId === 'string') fields.jobId = input.jobId;
  if ('tenantId' in input && typeof input.tenantId === 'string') fields.tenantId = input.tenantId;
  return fields;
}

/** Every line that an activity logs says which job and which tenant it is about. */
export const activityLogFields: ActivityInterceptorsFactory = () => {
  let fields: Fields = {};
  return {
    inbound: {
      execute(input, next) {
        fields = fieldsOf(input.args[0]);
        return next(input);
      },
    },
    outbound: { getLogAttributes: (attributes, next) => next({ ...attributes, ...fields }) },
  };
};
