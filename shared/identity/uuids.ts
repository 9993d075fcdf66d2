import { v5 } from 'uuid';
import type { UserRef } from '../contract.js';

/**
 * UUIDs of users and tenants, for rows, object keys and workflow ids. An id that is a UUID stays the same, unless it
 * has version 5: then it gets a new UUIDv5, like any other text. So nobody can choose an id whose UUID is somebody
 * else's. Safe to import in workflows.
 */

/** Must never change: semaphores, schedules and files would no longer be found. */
const NAMESPACE = '7c45987d-4a47-48ef-9255-6fd321d86f66';
const KEPT = /^[\da-f]{8}-[\da-f]{4}-[0-46-9a-f][\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

/** Ids contain no newline, so different ids have different names. */
const uuidOf = (id: string, name: readonly string[]): string => (KEPT.test(id) ? id : v5(name.join('\n'), NAMESPACE));

export const tenantUuid = (tenantId: string): string => uuidOf(tenantId, ['tenant', tenantId]);

export const userUuid = ({ tenantId, userId }: UserRef): string => uuidOf(userId, ['user', tenantId, userId]);
