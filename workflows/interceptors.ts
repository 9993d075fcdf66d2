import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { jobIdOfWorkflow } from '../shared/temporal/names.js';
import { EXPORT_TENANT_ID } from '../shared/temporal/search-attributes.js';

/** Adds the job and the tenant to every line that a workflow logs. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      getLogAttributes(attributes, next) {
        const { workflowId, typedSearchAttributes } = workflowInfo();
        const tenantId = typedSearchAttributes.get(EXPORT_TENANT_ID);
        const jobId = jobIdOfWorkflow(workflowId);
        return next({ ...attributes, ...(jobId && { job_id: jobId }), ...(tenantId && { tenant_id: tenantId }) });
      },
    },
  ],
});
