import type { TableColumn } from '../../shared/source/read-table.js';
import { ProposalError } from './proposal-error.js';
import { isNamed } from './words.js';

/** The name that nearly always means the user of a token. */
const USER = 'user_id';
/** Names that may mean that user, or a different person. */
const CANDIDATES = [
  ...['customer_id', 'owner_id', 'account_id', 'member_id', 'client_id', 'person_id', 'author_id', 'created_by'],
  ...['user', 'owner', 'user_uuid', 'user_ref', 'owner_user_id', 'created_by_id', 'created_by_user_id'],
];

export interface ProposedUser {
  readonly column: string | undefined;
  /** If there is none: other columns that may have it. Null if a flag has chosen. */
  readonly candidates: readonly string[] | null;
}

/**
 * Proposes the column by which account exports find a user's rows. Only `user_id` is proposed without being named: a
 * column with other ids, such as those of customers, would give users the rows of others.
 * @param columns those that can be exported
 * @param given null: none
 * @throws ProposalError
 */
export function proposeUser(
  table: string,
  columns: readonly TableColumn[],
  given: string | null | undefined,
): ProposedUser {
  const names = columns.map(({ name }) => name);
  if (typeof given === 'string') {
    if (names.includes(given)) return { column: given, candidates: null };
    throw new ProposalError(`${table} has no column ${given} (from --user). Its columns are ${names.join(', ')}.`);
  }
  if (given === null) return { column: undefined, candidates: null };
  return {
    column: names.find((name) => isNamed(name, USER)),
    candidates: names.filter((name) => CANDIDATES.some((candidate) => isNamed(name, candidate))),
  };
}
