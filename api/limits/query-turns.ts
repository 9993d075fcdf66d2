import { userKey } from '../../shared/identity/reference.js';
import type { UserRef } from '../../shared/contract.js';
import type { ErrorCode } from '../../shared/errors.js';
import { throwNoTurnAs, Turns } from './turns.js';

/** Maximum concurrent queries of a kind in one process, each with a connection to the source database. */
export const CONCURRENT_QUERIES = 3;
/** Per tenant, so that its users leave room for other tenants. */
const PER_TENANT = 2;

/** A kind of query that users wait for. */
interface QueryKind {
  /** The error if the user already has such a query running. */
  readonly code: ErrorCode;
  /** Such as "estimate". */
  readonly noun: string;
  /** Maximum time that one waits in its queues, ms. */
  readonly waitMs: number;
}

const ESTIMATES: QueryKind = { code: 'TOO_MANY_ESTIMATES', noun: 'estimate', waitMs: 2000 };
/** Leaves time for the query: a preview takes two seconds altogether. */
const PREVIEWS: QueryKind = { code: 'TOO_MANY_PREVIEWS', noun: 'preview', waitMs: 1000 };

/** Queues queries of a kind: one at a time per user, and none waits longer than its limit. */
export class QueryTurns {
  readonly #users = new Turns(1);
  readonly #tenants = new Turns(PER_TENANT);
  readonly #all = new Turns(CONCURRENT_QUERIES);

  private constructor(private readonly kind: QueryKind) {}

  static forEstimates = (): QueryTurns => new QueryTurns(ESTIMATES);
  static forPreviews = (): QueryTurns => new QueryTurns(PREVIEWS);

  /**
   * @param gone aborted when the client disconnects: its query leaves the queue
   * @throws ServiceError TOO_MANY_… after waiting for the user's own query, or TEMPORARILY_UNAVAILABLE for others
   */
  async take<T>({ tenantId, userId }: UserRef, gone: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { code, noun, waitMs } = this.kind;
    const patience = AbortSignal.any([gone, AbortSignal.timeout(waitMs)]);
    const amongAll = (): Promise<T> =>
      this.#tenants
        .take(tenantId, () => this.#all.take('', work, patience), patience)
        .catch(throwNoTurnAs('TEMPORARILY_UNAVAILABLE', `Many ${noun}s are running. Please try again soon.`));
    const sentence = `You already have ${noun === 'estimate' ? 'an' : 'a'} ${noun} running (the limit is 1).`;
    return this.#users.take(userKey({ tenantId, userId }), amongAll, patience).catch(throwNoTurnAs(code, sentence));
  }
}
