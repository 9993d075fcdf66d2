import pg from 'pg';
import { ServiceError, messageOf } from '../errors.js';
import { isDatabaseFault } from '../postgres.js';

/** insufficient_privilege: a table, schema, column or function that this user may not read. */
const FORBIDDEN = '42501';

/**
 * Errors that go away, or that an operator fixes for all exports at once while they wait. 08: connection; 25P03, 25P04:
 * transaction timeouts; 28, 3D: wrong password, no such database (both occur while credentials are rotated or a server
 * is replaced); 40: deadlock or a standby's recovery; 53: out of resources; 55P03: lock timeout; 57: shutdown or
 * statement timeout; 58: I/O; 72: snapshot too old; HV: a foreign server; XX: internal.
 */
const PASSING = /^(08|25P03|25P04|28|3D|40|53|55P03|57|58|72|HV|XX)/;

/**
 * Translates an error of the source database. SQLSTATEs that are neither temporary nor a missing permission blame the
 * dataset definition, because the same query would fail again: no such table or column (42P01, 42703), a value that
 * cannot be computed (22), a view that writes (25006) or raises its own error (P0001 or any other code), a row of more
 * than 1 GB (54), a materialized view without data (55000).
 * @returns ServiceError SOURCE_FORBIDDEN, SOURCE_UNAVAILABLE or DATASET_UNAVAILABLE; other errors unchanged
 */
export function sourceFault(error: unknown): unknown {
  if (error instanceof ServiceError) return error;
  const because: ErrorOptions = { cause: error };
  const reason = messageOf(error);
  const sqlstate = error instanceof pg.DatabaseError ? (error.code ?? 'XX000') : null;
  if (sqlstate === FORBIDDEN) {
    const sentence = `The source database does not allow this user to read the data: ${reason}.`;
    return new ServiceError('SOURCE_FORBIDDEN', sentence, {}, because);
  }
  if (sqlstate !== null && !PASSING.test(sqlstate)) {
    return new ServiceError('DATASET_UNAVAILABLE', `The source database rejected the query: ${reason}.`, {}, because);
  }
  if (sqlstate === null && !isDatabaseFault(error)) return error;
  const sentence = `The source database is not responding as expected: ${reason}.`;
  return new ServiceError('SOURCE_UNAVAILABLE', sentence, {}, because);
}
