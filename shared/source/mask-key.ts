import { createHmac } from 'node:crypto';

/** Must never change: the same value would get another hash. */
const PURPOSE = 'mask';

/**
 * The key of the mask `hash` for one tenant, for a session setting. Each tenant has its own key, so two tenants can't
 * compare their hashes. The service's key never reaches the source database, whose log may show settings.
 */
export const maskKeyOf = (key: string, tenantId: string): string =>
  createHmac('sha256', key).update(`${PURPOSE}\n${tenantId}`).digest('hex');

/** Tells keys apart without showing them. */
export const maskKeyId = (key: string): string => createHmac('sha256', key).update('id').digest('hex').slice(0, 16);
