import type { ExportRequest, JobParties } from '../../shared/contract.js';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { userKey } from '../../shared/identity/reference.js';
import { ServiceError } from '../../shared/errors.js';
import { partiesOfRow, type JobRow } from '../../shared/job/row.js';
import { permittedRequest } from '../../shared/request/permitted-request.js';
import type { UncheckedRequest } from '../../shared/request/request.js';
import {
  dependsOnCaller,
  permittedDatasets,
  PERMISSION_MS,
  restrictAll,
} from '../../shared/source/permitted-datasets.js';
import { requireStillPermitted } from '../../shared/job/require-still-permitted.js';
import type { Source } from '../../shared/source/source.js';
import { askSource } from '../exports/ask-source.js';
import { throwNoTurnAs, Turns } from '../limits/turns.js';

/** Connections to the source database for permission checks only, per process. */
export const PERMISSION_CHECKS = 3;
/** Concurrent checks per user and per tenant, so that a slow condition leaves connections for others. */
const PER_USER = 1;
const PER_TENANT = 2;

/** Checks permissions of datasets and columns, separately from estimates, so that no row count delays an export. */
export class Permissions {
  readonly #users = new Turns(PER_USER);
  readonly #tenants = new Turns(PER_TENANT);

  constructor(
    readonly source: Source,
    readonly registry: DatasetRegistry,
  ) {}

  /**
   * The datasets, restricted to what a caller may have at this moment.
   * @param type of a request; undefined for all datasets
   * @throws ServiceError NOT_PERMITTED
   * @see permittedDatasets
   */
  async datasets({ tenantId, userId, requestedBy }: JobParties, type?: string): Promise<DatasetRegistry> {
    const parties = { tenantId, userId, ...(requestedBy === undefined ? {} : { requestedBy }) };
    const ask = (signal: AbortSignal): Promise<DatasetRegistry> => permittedDatasets(this, type, parties, signal);
    if (!dependsOnCaller(this.registry, type)) return ask(new AbortController().signal);
    const check = (): Promise<DatasetRegistry> => askSource(PERMISSION_MS, ask);
    const patience = AbortSignal.timeout(PERMISSION_MS);
    const inTenant = (): Promise<DatasetRegistry> => this.#tenants.take(tenantId, check, patience);
    return this.#users
      .take(userKey({ tenantId, userId: requestedBy ?? userId }), inTenant, patience)
      .catch(throwNoTurnAs('SOURCE_UNAVAILABLE', 'Checking your permissions took too long.'));
  }

  /**
   * The datasets for a list, restricted as by `datasets`. If permissions can't be checked, they are restricted as for a
   * caller who has no permission.
   */
  async listed(caller: JobParties): Promise<{ readonly mine: DatasetRegistry; readonly unchecked?: ServiceError }> {
    try {
      return { mine: await this.datasets(caller) };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { mine: restrictAll(this.registry, new Set()), unchecked: error };
    }
  }

  /**
   * Checks the request against the rights that its caller has at this moment.
   * @param at pointer of the request in its body
   * @throws ServiceError NOT_PERMITTED
   * @see permittedRequest
   */
  async request(request: UncheckedRequest, caller: JobParties, at = ''): Promise<ExportRequest> {
    return permittedRequest(request, await this.datasets(caller, request.type), at);
  }

  /**
   * Makes sure that everybody who can download a file may still see everything in it.
   * @throws ServiceError NOT_PERMITTED
   */
  async requireFile(row: JobRow): Promise<void> {
    requireStillPermitted(row, this.registry, await this.datasets(partiesOfRow(row), row.type));
  }
}
