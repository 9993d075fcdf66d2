import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { EXPORT_TENANT_ID } from '../shared/search-attributes.js';

/** Every line that a workflow logs says which job and which tenant it is about. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      getLogAttributes(attributes, next) {
        const { workflowId, typedSearchAttributes } = workflowInfo();
        const [kind, first] = workflowId.split('/');
        const tenantId = kind === 'export-slots' ? first : typedSearchAttributes.get(EXPORT_TENANT_ID);
        const isOfJob = kind === 'export' || kind === 'notification' || kind === 'redelivery';
        const jobId = isOfJob ? first : undefined;
        return next({ ...attributes, ...(jobId && { jobId }), ...(tenantId && { tenantId }) });
      },
    },
  ],
});
