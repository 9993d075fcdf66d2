import { userKey } from '../../shared/identity/reference.js';
import type { UserRef } from '../../shared/contract.js';
import { ServiceError, type ErrorCode } from '../../shared/errors.js';
import { NoTurnError, Turns } from './turns.js';

/** Maximum concurrent estimates in one process, each with a connection to the source database. */
export const ESTIMATES = 3;
/** Per tenant, so that its users leave room for other tenants. */
const PER_TENANT = 2;
/** Maximum time that an estimate waits in its queues, ms. */
const WAIT_MS = 2000;

/** Queues estimates: one at a time per user, and none waits longer than two seconds. */
export class EstimateTurns {
  readonly #users = new Turns(1);
  readonly #tenants = new Turns(PER_TENANT);
  readonly #all = new Turns(ESTIMATES);

  /**
   * @param gone aborted when the client disconnects: its estimate leaves the queue
   * @throws ServiceError TOO_MANY_ESTIMATES after waiting for the user's own, TEMPORARILY_UNAVAILABLE for others'
   */
  async take<T>({ tenantId, userId }: UserRef, gone: AbortSignal, work: () => Promise<T>): Promise<T> {
    const patience = AbortSignal.any([gone, AbortSignal.timeout(WAIT_MS)]);
    const amongAll = (): Promise<T> =>
      this.#tenants
        .take(tenantId, () => this.#all.take('', work, patience), patience)
        .catch(refuse('TEMPORARILY_UNAVAILABLE', 'Many estimates are running. Please try again soon.'));
    return this.#users
      .take(userKey({ tenantId, userId }), amongAll, patience)
      .catch(refuse('TOO_MANY_ESTIMATES', 'You already have an estimate running (the limit is 1).'));
  }
}

const refuse =
  (code: ErrorCode, sentence: string) =>
  (error: unknown): never => {
    throw error instanceof NoTurnError ? new ServiceError(code, sentence, {}, { cause: error }) : error;
  };
