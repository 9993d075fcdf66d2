import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { Admission } from '../../shared/temporal/inputs.js';
import type { JobSeed } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { grpcCode, isInvalid } from '../../shared/temporal/grpc-code.js';
import { TimeLimitError, withTimeLimit } from '../../shared/time-limit.js';
import { slotsStart } from '../../shared/temporal/slots-start.js';
import { tuningFor } from '../../shared/temporal/tenant-weights.js';
import { admitUpdate } from '../../shared/temporal/messages.js';
import type { ApiDeps } from '../deps.js';
import { isPassingFault, pauseAfter } from './passing-faults.js';
import type { Turns } from '../limits/turns.js';

const DEADLINE_MS = 5000;
/** Time reserved for the response, ms: the semaphore rejects a request that arrives closer to the deadline. */
const MARGIN_MS = 1000;

/** The server's name for an update whose workflow ended before it responded. */
const ENDED_MEANWHILE = 'AcceptedUpdateCompletedWorkflow';

/** gRPC's code for a workflow that ended between two steps of the server. */
const NOT_FOUND = 5;

/** True for errors that may not occur again when the request is repeated. */
function isPassing(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError || grpcCode(error) === NOT_FOUND) return true;
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  // An operator ended the semaphore; the next request starts it again.
  if (cause instanceof CancelledFailure || cause instanceof TerminatedFailure) return true;
  if (cause instanceof ApplicationFailure) return cause.type === ENDED_MEANWHILE;
  return isPassingFault(error);
}

function isIdList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The semaphore's own rejection as a ServiceError; null for other errors. */
function refusal(error: unknown, limit: number, { requestedBy }: JobSeed): ServiceError | null {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return null;
  if (cause.type === 'TOO_MANY_EXPORTS') {
    const [ids] = cause.details ?? [];
    const who = requestedBy === undefined ? 'You already have' : 'This user already has';
    const sentence = `${who} ${limit} active exports (the limit).`;
    return new ServiceError('TOO_MANY_EXPORTS', sentence, { active_job_ids: isIdList(ids) ? ids : [] });
  }
  return cause.type === 'TEMPORARILY_UNAVAILABLE' ? unanswered(error) : null;
}

function unanswered(cause: unknown): ServiceError {
  return new ServiceError('TEMPORARILY_UNAVAILABLE', "We couldn't confirm that the export started.", {}, { cause });
}

/** Whether the call timed out or failed before the workflow responded. */
function hasNoAnswer(error: unknown): boolean {
  const named = error instanceof TimeLimitError || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  return named || isPassing(error) || (grpcCode(error) !== null && !isInvalid(error));
}

/**
 * Requests a slot from the user's semaphore, which then starts the export. Starts the semaphore if it isn't running.
 *
 * A retry is safe: the semaphore knows the job id. Each attempt has its own update id, because update ids are only
 * unique within a run: repeated after that run has ended, an id would return the old response and start nothing.
 *
 * @param again true when an earlier export with this id has ended and its row was deleted
 * @param turns by tenant, so that a burst of one tenant doesn't delay the others
 * @throws ServiceError TOO_MANY_EXPORTS with `active_job_ids`; TEMPORARILY_UNAVAILABLE when there was no response in
 * time, in which case the export may have started: look for its row
 */
export async function admit(job: JobSeed, deps: ApiDeps, turns: Turns, again = false): Promise<Admission> {
  const { metrics } = deps;
  try {
    const admission = await ask({ job, again }, deps, turns);
    metrics.admission(admission.started ? 'started' : 'known');
    return admission;
  } catch (error) {
    if (error instanceof ServiceError) metrics.admission(error.code === 'TOO_MANY_EXPORTS' ? 'refused' : 'unanswered');
    throw error;
  }
}

async function ask(
  { job, again }: { readonly job: JobSeed; readonly again: boolean },
  { jobs, temporal, settings }: ApiDeps,
  turns: Turns,
): Promise<Admission> {
  const { limit, weights, admissionDeadlineMs = DEADLINE_MS } = settings;
  const { tenantId } = job;
  const tuning = tuningFor(tenantId, settings.tuning, weights);
  const { client } = temporal;

  const askOnce = async (deadline: number, notAfter: number): Promise<Admission> => {
    const start = slotsStart(job, { limit, tuning }, await jobs.activeOf(job));
    return client.withDeadline(deadline, () =>
      client.workflow.executeUpdateWithStart(admitUpdate, {
        args: [{ job, limit, tuning, notAfter, atOnce: job.idempotencyKey === null, again }],
        updateId: randomUUID(),
        startWorkflowOperation: start,
      }),
    );
  };

  const lastTurn = Date.now() + admissionDeadlineMs;
  const untilAnswered = async (): Promise<Admission> => {
    if (Date.now() >= lastTurn) throw new TimeLimitError('the request waited too long for its turn');
    const deadline = Date.now() + admissionDeadlineMs;
    const notAfter = deadline - MARGIN_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await withTimeLimit(askOnce(deadline, notAfter), Math.max(0, deadline - Date.now()));
      } catch (error) {
        const refused = refusal(error, limit, job);
        if (refused !== null) throw refused;
        if (!hasNoAnswer(error)) throw error;
        if (!isPassing(error) || Date.now() >= notAfter) throw unanswered(error);
        await pauseAfter(attempt);
      }
    }
  };
  try {
    // One deadline for queueing, one for the response.
    return await withTimeLimit(turns.take(tenantId, untilAnswered), 2 * admissionDeadlineMs);
  } catch (error) {
    throw error instanceof TimeLimitError ? unanswered(error) : error;
  }
}
