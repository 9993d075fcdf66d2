import { SearchAttributeType, defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { JobParties, JobSeed, UserRef } from '../contract.js';
import { tenantUuid, userUuid } from '../identity/uuids.js';

/** Attributes by which operators filter exports in Temporal. `npm run setup:temporal` registers them per namespace. */
export const EXPORT_USER_ID = defineSearchAttributeKey('ExportUserId', SearchAttributeType.KEYWORD);
export const EXPORT_TENANT_ID = defineSearchAttributeKey('ExportTenantId', SearchAttributeType.KEYWORD);
/** The administrator who requested it on behalf of the user. */
export const EXPORT_REQUESTED_BY = defineSearchAttributeKey('ExportRequestedBy', SearchAttributeType.KEYWORD);
export const EXPORT_TYPE = defineSearchAttributeKey('ExportType', SearchAttributeType.KEYWORD);
export const EXPORT_FORMAT = defineSearchAttributeKey('ExportFormat', SearchAttributeType.KEYWORD);
export const EXPORT_STATE = defineSearchAttributeKey('ExportState', SearchAttributeType.KEYWORD);
export const EXPORT_ROWS = defineSearchAttributeKey('ExportRows', SearchAttributeType.INT);

export const SEARCH_ATTRIBUTES = [
  EXPORT_USER_ID,
  EXPORT_TENANT_ID,
  EXPORT_REQUESTED_BY,
  EXPORT_TYPE,
  EXPORT_FORMAT,
  EXPORT_STATE,
  EXPORT_ROWS,
] as const;

/** Databases that store Temporal's search attributes cut or refuse longer ones. */
const MAX_LENGTH = 255;

/**
 * An id as a search attribute: itself, but `"`, `\` and `%` are percent-encoded. Temporal finds no values with the
 * first two, however a query escapes them (server 1.32). If that makes it too long, it is `%:` and the UUID; no other
 * value starts with `%:`.
 */
function searchable(id: string, uuid: string): string {
  const encoded = id.replaceAll(/["\\%]/g, encodeURIComponent);
  return encoded.length <= MAX_LENGTH || encoded === id ? encoded : `%:${uuid}`;
}

const searchableUser = (user: UserRef): string => searchable(user.userId, userUuid(user));
const searchableTenant = ({ tenantId }: UserRef): string => searchable(tenantId, tenantUuid(tenantId));

/**
 * Semaphores have these too. Notifications don't, so an operator who terminates all workflows of a tenant doesn't stop
 * messages to its users.
 */
export const ownerSearchAttributes = ({ requestedBy, ...owner }: JobParties): SearchAttributePair[] => [
  { key: EXPORT_USER_ID, value: searchableUser(owner) },
  { key: EXPORT_TENANT_ID, value: searchableTenant(owner) },
  ...(requestedBy === undefined
    ? []
    : [{ key: EXPORT_REQUESTED_BY, value: searchableUser({ ...owner, userId: requestedBy }) }]),
];

const ofTenant = (user: UserRef): string => `${EXPORT_TENANT_ID.name} = "${searchableTenant(user)}"`;
const ofUser = (user: UserRef): string => `${EXPORT_USER_ID.name} = "${searchableUser(user)}"`;

/** List filter for all workflows and schedules whose exports are the user's. */
export const ownerQuery = (user: UserRef): string => `${ofTenant(user)} AND ${ofUser(user)}`;

const byRequester = (user: UserRef): string => `${EXPORT_REQUESTED_BY.name} = "${searchableUser(user)}"`;

/** List filter for what the user requested on behalf of others. */
export const onBehalfQuery = (user: UserRef): string => `${ofTenant(user)} AND ${byRequester(user)}`;

/** List filter that finds both. */
export const requesterQuery = (user: UserRef): string =>
  `${ofTenant(user)} AND (${ofUser(user)} OR ${byRequester(user)})`;

export function exportSearchAttributes({ request, ...owner }: JobSeed): SearchAttributePair[] {
  return [
    ...ownerSearchAttributes(owner),
    { key: EXPORT_TYPE, value: request.type },
    { key: EXPORT_FORMAT, value: request.format },
    { key: EXPORT_STATE, value: 'QUEUED' },
  ];
}
