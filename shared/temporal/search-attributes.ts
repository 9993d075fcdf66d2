import { SearchAttributeType, defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { JobSeed, UserRef } from '../contract.js';

/** Attributes by which operators filter exports in Temporal. `npm run setup:temporal` registers them per namespace. */
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
 * Semaphores have these too. Notifications don't, so an operator who terminates all workflows of a tenant doesn't stop
 * messages to its users.
 */
export const ownerSearchAttributes = ({ userId, tenantId }: UserRef): SearchAttributePair[] => [
  { key: EXPORT_USER_ID, value: userId },
  { key: EXPORT_TENANT_ID, value: tenantId },
];

/** List filter for all workflows with these attributes. */
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
