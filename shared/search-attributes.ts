import { SearchAttributeType, defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { JobSeed } from './contract.js';

/** What operators filter exports by in Temporal. Registered once per namespace by `npm run setup:temporal`. */
export const EXPORT_USER_ID = defineSearchAttributeKey('ExportUserId', SearchAttributeType.KEYWORD);
export const EXPORT_TENANT_ID = defineSearchAttributeKey('ExportTenantId', SearchAttributeType.KEYWORD);
export const EXPORT_TYPE = defineSearchAttributeKey('ExportType', SearchAttributeType.KEYWORD);
export const EXPORT_FORMAT = defineSearchAttributeKey('ExportFormat', SearchAttributeType.KEYWORD);
export const EXPORT_STATE = defineSearchAttributeKey('ExportState', SearchAttributeType.KEYWORD);
export const EXPORT_ROWS = defineSearchAttributeKey('ExportRows', SearchAttributeType.INT);

export const SEARCH_ATTRIBUTES = [
  EXPORT_USER_ID,
  EXPORT_TENANT_ID,
  EXPORT_TYPE,
  EXPORT_FORMAT,
  EXPORT_STATE,
  EXPORT_ROWS,
] as const;

/**
 * Of whom a semaphore is, too. Notifications have none: whoever ends all that a tenant has running ends no message to a
 * user with it.
 */
export const ownerSearchAttributes = ({
  userId,
  tenantId,
}: Pick<JobSeed, 'userId' | 'tenantId'>): SearchAttributePair[] => [
  { key: EXPORT_USER_ID, value: userId },
  { key: EXPORT_TENANT_ID, value: tenantId },
];

export function exportSearchAttributes({ request, ...owner }: JobSeed): SearchAttributePair[] {
  return [
    ...ownerSearchAttributes(owner),
    { key: EXPORT_TYPE, value: request.type },
    { key: EXPORT_FORMAT, value: request.format },
    { key: EXPORT_STATE, value: 'QUEUED' },
  ];
}
