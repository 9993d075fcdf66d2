import type { UserRef } from '../../shared/contract.js';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { userKey } from '../../shared/identity/reference.js';
import { ServiceError } from '../../shared/errors.js';
import { PERMISSION_MS, requirePermission } from '../../shared/source/require-permission.js';
import type { Source } from '../../shared/source/source.js';
import { askSource } from '../exports/ask-source.js';
import { NoTurnError, Turns } from '../limits/turns.js';

/** Connections to the source database for permission checks only, per process. */
export const PERMISSION_CHECKS = 3;
/** Concurrent checks per user and per tenant, so that a slow condition leaves connections for others. */
const PER_USER = 1;
const PER_TENANT = 2;

/** Checks permissions of datasets, separately from estimates, so that no row count delays an export. */
export class Permissions {
  readonly #users = new Turns(PER_USER);
  readonly #tenants = new Turns(PER_TENANT);

  constructor(
    readonly source: Source,
    readonly registry: DatasetRegistry,
  ) {}

  /** @see requirePermission */
  async require(type: string, { tenantId, userId }: UserRef): Promise<void> {
    if (this.registry.get(type)?.permission === undefined) return;
    const check = (): Promise<void> =>
      askSource(PERMISSION_MS, (signal) => requirePermission(this, type, { tenantId, userId }, signal));
    const patience = AbortSignal.timeout(PERMISSION_MS);
    const inTenant = (): Promise<void> => this.#tenants.take(tenantId, check, patience);
    try {
      await this.#users.take(userKey({ tenantId, userId }), inTenant, patience);
    } catch (error) {
      if (!(error instanceof NoTurnError)) throw error;
      const sentence = 'Checking your permissions took too long.';
      throw new ServiceError('SOURCE_UNAVAILABLE', sentence, {}, { cause: error });
    }
  }
}
