import { Context } from '@temporalio/activity';
import type { PlanSummary } from '../../shared/temporal/inputs.js';
import { messageOf } from '../../shared/errors.js';
import { makeSegment, type SegmentDeps, type SegmentInput } from '../segment/export-segment.js';
import { heartbeating } from '../heartbeat.js';
import { openUpload } from '../file/open-upload.js';
import { planExport, type PlanDeps, type PlanInput } from './plan-export.js';

/** An export that takes longer to write gets its own segment activity, which operators can see, pause and retry. */
const WRITE_WITHIN_MS = 2000;

/**
 * Plans the export. If it is small (one segment, too small for a part), also opens its upload and writes the
 * segment, because this activity has already waited for its turn to read the source database.
 */
export const planAndWriteIfSmall =
  (deps: PlanDeps & SegmentDeps) =>
  (input: PlanInput): Promise<PlanSummary> =>
    heartbeating(async (signal) => {
      const { plan, isSmall } = await planExport(deps, input, signal);
      const segmentRows = isSmall ? await writeOnlySegment(deps, { ...input, ...plan, segment: 0 }, signal) : null;
      return { ...plan, segmentRows };
    });

/** @returns the rows written; null if the segment needs its own activity */
async function writeOnlySegment(
  deps: SegmentDeps & Pick<PlanDeps, 'jobs'>,
  segment: SegmentInput,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    if ((await openUpload(deps)(segment)).state !== 'open') return null;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(WRITE_WITHIN_MS)]);
    return (await makeSegment(deps, segment, limited)).rows;
  } catch (error) {
    signal.throwIfAborted();
    Context.current().log.info('the only segment gets its own activity', { reason: messageOf(error) });
    return null;
  }
}
