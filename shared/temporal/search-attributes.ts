import { SearchAttributeType, defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { JobSeed, UserRef } from '../contract.js';

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
export const ownerSearchAttributes = ({ userId, tenantId }: UserRef): SearchAttributePair[] => [
  { key: EXPORT_USER_ID, value: userId },
  { key: EXPORT_TENANT_ID, value: tenantId },
];

/** For lists of Temporal: everything that has them. */
export const ownerQuery = ({ userId, tenantId }: UserRef): string =>
  `${EXPORT_TENANT_ID.name} = "${tenantId}" AND ${EXPORT_USER_ID.name} = "${userId}"`;

export function exportSearchAttributes({ request, ...owner }: JobSeed): SearchAttributePair[] {
  return [
    ...ownerSearchAttributes(owner),
    { key: EXPORT_TYPE, value: request.type },
    { key: EXPORT_FORMAT, value: request.format },
    { key: EXPORT_STATE, value: 'QUEUED' },
  ];
}
