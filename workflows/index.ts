export { erasureWorkflow } from './erasure.js';
export { exportWorkflow } from './export.js';
export { notificationWorkflow, redeliveryWorkflow } from './notification.js';
export { retentionWorkflow } from './retention.js';
export { scheduledExportWorkflow } from './scheduled-export.js';
export { userExportSlots } from './user-export-slots.js';
