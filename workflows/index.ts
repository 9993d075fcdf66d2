export { exportWorkflow } from './export.js';
export { notificationWorkflow } from './notification.js';
export { retentionWorkflow } from './retention.js';
export { userExportSlots } from './user-export-slots.js';
