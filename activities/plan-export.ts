import type { JobRef, PlanDemand, PlanSummary, Tuning } from '../shared/contract.js';
import { fileKey } from '../shared/contract.js';
import { columnLabels } from '../shared/datasets/define-dataset.js';
import { datasetNamed } from '../shared/datasets/index.js';
import { freezeQuery } from '../shared/datasets/query.js';
import { ServiceError } from '../shared/errors.js';
import { fileKind } from '../shared/formats/file.js';
import { formatNamed } from '../shared/formats/index.js';
import type { Plan } from '../shared/infrastructure/plan-store.js';
import { partSize } from '../shared/pieces.js';
import { cutSegments } from '../shared/segments.js';
import type { ActivityDeps } from './deps.js';
import { heartbeating } from './heartbeat.js';
import { chooseLane, openLane } from './lanes.js';
import { sampleRowBytes } from './sample-row-bytes.js';

export interface PlanInput extends JobRef {
  readonly tuning: Tuning;
  readonly demand: PlanDemand;
}

/** Counts the rows and cuts them into segments, once per generation; later calls get the same plan. */
export const planExport =
  ({ jobs, plans, source, store, registry }: Pick<ActivityDeps, 'jobs' | 'plans' | 'source' | 'store' | 'registry'>) =>
  ({ jobId, tuning, demand }: PlanInput): Promise<PlanSummary> =>
    heartbeating(async (signal) => {
      const row = await jobs.find(jobId);
      const state = await plans.uploadState(jobId);
      if (row === null || state === null) throw new ServiceError('INTERNAL', `The row of job ${jobId} is not there.`);
      const format = formatNamed(row.format);
      if (format.encoderVersion < (demand.encoderVersion ?? 0)) {
        throw new ServiceError('WORKER_OUTDATED', 'This worker is older than the one that met this export before.');
      }
      const key = fileKey(row.user_id, jobId, fileKind(format, row.options).extension);
      let { generation } = state;
      if (generation <= (demand.afterGeneration ?? 0)) {
        await plans.endGeneration(jobId, generation);
        await store.abortUploadsOf(key);
        generation += 1;
      } else if (state.plan !== null) {
        return { generation, totalRows: state.plan.totalRows, segments: state.plan.segments };
      }

      const dataset = datasetNamed(registry, row.type);
      const { filters, columns, options, notify, type } = row;
      const request = {
        type,
        format: row.format,
        filters,
        columns,
        options,
        notify: notify.email === undefined ? {} : { email: notify.email },
      };
      const work = { format, columns, options };
      const lane = chooseLane(dataset, work);
      const query = freezeQuery(dataset, request, row.tenant_id, lane.render, lane.inputs ?? []);
      const labels = columnLabels(dataset, columns);
      const timezone = String(options.timezone ?? 'UTC');
      const session = { timezone, tenantId: row.tenant_id, statementTimeoutMs: tuning.plan.startToCloseMs };

      await source.check(dataset, session, signal);
      const reader = openLane(source, () => dataset, work, lane);
      const { rowBytes, leastRowBytes } = await sampleRowBytes({
        format,
        outline: { columns, labels, options },
        reader,
        query,
        session,
        signal,
      });
      const rowsOfSegment = Math.max(1, Math.min(tuning.maxSegmentRows, Math.floor(tuning.segmentBytes / rowBytes)));
      const bounds = await source.bounds(dataset, query, rowsOfSegment, session, signal);
      const { segments, totalRows } = cutSegments(bounds);
      const bytes = totalRows * leastRowBytes;
      if (totalRows > tuning.maxRows) {
        throw new ServiceError(
          'TOO_MANY_ROWS',
          `The export has ${totalRows} rows; at most ${tuning.maxRows} are allowed.`,
        );
      }
      if (bytes > tuning.maxBytes) {
        throw new ServiceError(
          'FILE_TOO_LARGE',
          `The file would have about ${Math.ceil(bytes)} bytes; at most ${tuning.maxBytes} are allowed.`,
        );
      }
      const segmentBytes = Math.max(...segments.map(({ rows }) => rows)) * rowBytes;
      const plan: Plan = {
        encoderVersion: format.encoderVersion,
        segments: segments.length,
        partSize: partSize(segmentBytes, segments.length, demand.roomy),
        totalRows,
        maxBytes: tuning.maxBytes,
        query,
        inputs: lane.inputs,
        labels,
        timezone,
        plannedAt: new Date().toISOString(),
      };
      if (!(await plans.savePlan({ jobId, generation, fileKey: key }, plan, segments))) {
        throw new ServiceError('SUPERSEDED', 'Another attempt has planned this export.');
      }
      return { generation, totalRows, segments: segments.length };
    });
