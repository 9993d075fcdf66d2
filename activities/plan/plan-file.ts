import { describeRows } from '../../shared/datasets/describe-filters.js';
import type { Dataset } from '../../shared/datasets/define-dataset.js';
import { shownColumns } from '../../shared/datasets/shown-columns.js';
import { ownedBy, type Owner } from '../../shared/datasets/owned-rows.js';
import { freezeQuery } from '../../shared/datasets/query.js';
import { rowOrder } from '../../shared/datasets/sort.js';
import { ServiceError } from '../../shared/errors.js';
import type { Bundle, FileSpec } from '../../shared/formats/file-spec.js';
import type { About, BareOutline, FormatResources } from '../../shared/formats/encoding.js';
import type { LoadedFormat } from '../../shared/formats/load-format.js';
import type { Plan, PlannedSegment } from '../../shared/job/plan-schema.js';
import type { SourceSession } from '../../shared/source/session.js';
import type { Source } from '../../shared/source/source.js';
import { cutSegments, fittingRows } from '../../shared/plan/segments.js';
import { columnName, type ExportRequest } from '../../shared/contract.js';
import type { SizeTuning } from '../../shared/temporal/inputs.js';
import { chooseLane, openLane } from '../file/lanes.js';
import { measureRows, readSample } from './sample-rows.js';

/** A segment before its mode is decided, which takes the whole plan. Files and members are numbered from 0. */
type FileSegment = Omit<PlannedSegment, 'mode'>;

export interface FilePlan {
  readonly planned: Plan['files'][number];
  readonly segments: readonly FileSegment[];
  readonly totalRows: number;
  /** Mean bytes of a row in the object. */
  readonly rowBytes: number;
  /** Mean bytes of a row in the object, at whichever end of the key rows are shorter. */
  readonly leastRowBytes: number;
  /** Mean bytes of a row before compression. */
  readonly plainRowBytes: number;
}

export interface FileWork {
  readonly source: Source;
  readonly dataset: Dataset;
  readonly format: LoadedFormat;
  readonly resources: FormatResources;
  readonly request: ExportRequest;
  /** The owner of the rows. */
  readonly owner: Owner;
  /** Set if the file is one of several. */
  readonly bundle?: Bundle;
  readonly about: About;
  readonly session: SourceSession;
  readonly sizes: SizeTuning;
  /** Leave room for segments that are much larger than the sample suggests. */
  readonly withHeadroom: boolean;
  /** Maximum number of segments: more would leave too few part numbers for each. */
  readonly maxSegments: number;
  readonly signal: AbortSignal;
}

/** Freezes the query of one dataset, counts its rows and cuts them into segments. */
export async function planFile(work: FileWork): Promise<FilePlan> {
  const {
    source,
    dataset,
    format,
    resources,
    request,
    owner,
    about,
    session,
    sizes,
    withHeadroom,
    maxSegments,
    signal,
  } = work;
  const { columns, options } = request;
  const catalog = await source.check(dataset, session, signal);
  const shown = shownColumns(dataset, columns, catalog);
  const laneWork = { format, columns: shown, options };
  const lane = chooseLane(dataset, laneWork);
  const named = { ...request, columns: format.headersInRows === true ? columns : columns.map(columnName) };
  const query = freezeQuery(dataset, named, ownedBy(dataset, owner, catalog), lane.render, {
    inputs: lane.inputs ?? [],
    catalog,
  });
  const bare: BareOutline = { dataset: dataset.name, title: dataset.title, columns: shown, options, about };

  const reader = openLane(source, () => dataset, laneWork, lane);
  const sample = await readSample(reader, query, session, signal);
  const rows = { words: describeRows(dataset, request), order: rowOrder(dataset.key, request.sort) };
  const layout = (await format.layout?.([...sample.first, ...sample.last], bare, resources, rows)) ?? null;
  const outline = { ...bare, layout };
  const spec: FileSpec = { format, outlines: [outline], ...(work.bundle === undefined ? {} : { bundle: work.bundle }) };
  const measured = await measureRows(spec, resources, sample);

  const size = { plainBytes: measured.plainRowBytes };
  const { unitRows, memberRows } = format.cut?.(outline, size, withHeadroom) ?? WHEREVER;
  const wanted = Math.max(1, Math.min(sizes.maxSegmentRows, Math.floor(sizes.segmentBytes / measured.rowBytes)));
  const bounds = await source.bounds(dataset, query, fittingRows(wanted, unitRows, memberRows), session, signal);
  const { segments, totalRows } = cutSegments(bounds, { memberRows, maxSegments });
  if (segments.length > maxSegments) {
    const sentence = `The export has ${totalRows} rows, too many for ${maxSegments} sheets of at most ${memberRows}.`;
    throw new ServiceError('TOO_MANY_ROWS', sentence);
  }
  const positions = format.positions?.(outline, segments, withHeadroom, size) ?? [];
  const positioned = segments.map((segment, index) => ({
    ...segment,
    position: {
      ...{ file: 0, member: segment.member, wide: false, own: positions[index] ?? null },
      opens: segments[index - 1]?.member !== segment.member,
    },
  }));
  const planned = { dataset: dataset.name, title: dataset.title, columns: shown, query, inputs: lane.inputs, layout };
  return { planned, segments: positioned, totalRows, ...measured };
}

const WHEREVER = { unitRows: 1, memberRows: Infinity };
