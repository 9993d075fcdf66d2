import type { ExportInput } from '../../shared/temporal/inputs.js';
import type { ExportRequest, JobFailure, JobSeed } from '../../shared/contract.js';
import { ServiceError } from '../../shared/errors.js';
import { hashRequest } from '../../shared/request/request.js';
import { exportName } from '../../shared/request/line-schema.js';
import { permittedRequest } from '../../shared/request/permitted-request.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { requestFor } from '../../shared/saved-exports/request-for.js';
import type { SavedExportStore } from '../../shared/saved-exports/store.js';
import { partiesOfRuns, type DueExport, type ScheduleDefinition } from '../../shared/schedules/contract.js';
import { jobIdOfRun } from '../../shared/schedules/job-id.js';
import { requestOfRun } from '../../shared/schedules/scheduled-request.js';
import { permittedDatasets } from '../../shared/source/permitted-datasets.js';
import { tuningFor } from '../../shared/temporal/tenant-weights.js';
import type { ActivityDeps } from '../deps.js';
import { heartbeating } from '../heartbeat.js';
import { mayRetry } from '../may-retry.js';

/** The export for a run of a schedule, or the reason why it can't start. */
interface Prepared {
  readonly due: ExportInput;
  readonly failure: JobFailure | null;
  /** The failure, for operators. */
  readonly reason: string;
}

type Deps = Pick<
  ActivityDeps,
  'savedExports' | 'source' | 'registry' | 'webhookRule' | 'recipientRule' | 'limit' | 'tuning' | 'weights'
>;

/** Resolves a schedule's request for the time the run was due, with the current limits and permissions. */
export const prepareScheduledExport = ({
  savedExports,
  source,
  registry,
  webhookRule,
  recipientRule,
  limit,
  tuning: usual,
  weights,
}: Deps) => {
  const schema = createRequestSchema(registry, webhookRule);
  const prepare = async (run: DueExport, signal: AbortSignal): Promise<Prepared> => {
    const { timezone } = run.definition;
    const tuning = tuningFor(run.tenantId, usual, weights);
    try {
      const { name, request } = await currentRequest(run, savedExports);
      const when = { at: new Date(run.dueAt), timezone, email: run.email, recipientRule };
      const ofTheDay = requestOfRun({ ...named(name), ...request }, when, schema, registry);
      const datasets = await permittedDatasets({ source, registry }, ofTheDay.type, partiesOfRuns(run), signal);
      const job = createSeed(run, permittedRequest(ofTheDay, datasets));
      return { due: { job, limit, tuning, admitted: false }, failure: null, reason: '' };
    } catch (error) {
      // After the last attempt, the user sees in their list why there is no file.
      if (!(error instanceof ServiceError) || mayRetry(error)) throw error;
      const { code, forUser, message: reason } = error;
      return {
        due: { job: createSeed(run, showableRequest(run)), limit, tuning, admitted: false },
        failure: { code, message: forUser },
        reason,
      };
    }
  };
  return (run: DueExport): Promise<Prepared> => heartbeating((signal) => prepare(run, signal));
};

/** A run's request, and the name of its export if the request has none. */
interface Current {
  readonly name: string;
  readonly request: ScheduleDefinition['request'];
}

/** @throws ServiceError SCHEDULE_OUTDATED if the schedule's saved export is gone, or JOB_STORE_UNAVAILABLE */
async function currentRequest(run: DueExport, savedExports: SavedExportStore): Promise<Current> {
  const { name, request, saved_export_id: id } = run.definition;
  if (id === undefined) return { name, request };
  const saved = await savedExports.find(run, id);
  if (saved === null) {
    const sentence = "The schedule's saved export was deleted, or is no longer shared with you.";
    throw new ServiceError('SCHEDULE_OUTDATED', sentence);
  }
  // The scope was checked for the user that the saved export named when the schedule was created.
  if (saved.request.on_behalf_of === request.on_behalf_of) return { name: saved.name, request: requestFor(saved, run) };
  const sentence = `The schedule's saved export ${id} is now on behalf of another user. Replace the schedule.`;
  throw new ServiceError('SCHEDULE_OUTDATED', sentence);
}

/** A name as part of a request; nothing if no export can have it. */
function named(...candidates: readonly unknown[]): { readonly name?: string } {
  const name = candidates.find((candidate) => exportName.safeParse(candidate).success);
  return typeof name === 'string' ? { name } : {};
}

const createSeed = (run: DueExport, request: ExportRequest): JobSeed => ({
  jobId: jobIdOfRun(run.workflowId),
  ...partiesOfRuns(run),
  request,
  scheduleId: run.scheduleId,
  savedExportId: run.definition.saved_export_id ?? null,
  idempotencyKey: null,
  requestHash: hashRequest(request),
  createdAt: new Date().toISOString(),
  origin: { actor: run.userId, requestId: null, address: null },
});

/** The valid parts of an invalid request, for the list of exports. Its owner is notified unless they opted out. */
function showableRequest({ definition, email: own }: DueExport): ExportRequest {
  const { type, format, notify } = definition.request;
  const { email: choice, webhook_url: webhookUrl }: { email?: unknown; webhook_url?: unknown } =
    typeof notify === 'object' && notify !== null ? notify : {};
  return {
    type: String(type),
    format: String(format).toUpperCase(),
    ...named(definition.request.name, definition.name),
    columns: [],
    filters: {},
    options: {},
    notify: {
      ...(choice === false || own === undefined ? {} : { email: own }),
      ...(typeof webhookUrl === 'string' ? { webhook_url: webhookUrl } : {}),
    },
  };
}
