import type { Principal } from '../../api/deps.js';

const ALL = ['exports:read', 'exports:write', 'exports:admin'];
const user: Principal = { userId: 'user_42', tenantId: 'acme' };
const other: Principal = { userId: 'user_7', tenantId: 'acme' };
const admin: Principal = { userId: 'admin_1', tenantId: 'acme', email: 'admin@example.com', scopes: ALL };
const account = { type: 'account', format: 'json', on_behalf_of: 'user_42' };

/** An administrator, the users of its tenant, and a request of the one for the other. */
export const ON_BEHALF = { user, other, admin, account };
