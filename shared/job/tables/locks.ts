/** First halves of advisory lock keys: which limit is being counted. The second half is the tenant, user or recipient. */
export const TENANT_LOCK = 1_722_001;
export const SCHEDULE_LOCK = 1_722_002;
export const RECIPIENT_LOCK = 1_722_003;
export const SAVED_LOCK = 1_722_004;
