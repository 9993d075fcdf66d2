import type { ExportRequest } from '../shared/contract.js';
import { ACCOUNT, accountDatasets, wholeOf } from '../shared/datasets/account.js';
import { datasetNamed, type Dataset, type DatasetRegistry } from '../shared/datasets/index.js';
import type { Owner } from '../shared/datasets/query.js';
import { ServiceError } from '../shared/errors.js';
import { widePlace } from '../shared/formats/archive.js';
import type { Bundle } from '../shared/formats/file-spec.js';
import type { PlannedSegment } from '../shared/infrastructure/plan-store.js';
import { segmentModes } from '../shared/segment-modes.js';
import { MAX_SEGMENTS } from '../shared/segments.js';
import { planFile, type FilePlan, type FileWork } from './plan-file.js';

/** What an export is of: one dataset, or one user's rows of several. */
export interface Contents {
  readonly parts: readonly { readonly dataset: Dataset; readonly request: ExportRequest }[];
  readonly owner: Owner;
  readonly bundle?: Bundle;
}

/** @throws ServiceError DATASET_UNAVAILABLE when this process does not know what was asked for */
export function contentsOf(
  request: ExportRequest,
  { tenantId, userId }: Required<Owner>,
  registry: DatasetRegistry,
  serviceVersion: string,
): Contents {
  if (request.type !== ACCOUNT) {
    return { parts: [{ dataset: datasetNamed(registry, request.type), request }], owner: { tenantId } };
  }
  const datasets = accountDatasets(registry);
  if (datasets.length === 0) {
    throw new ServiceError('DATASET_UNAVAILABLE', 'This worker has no dataset with a userColumn.');
  }
  return {
    parts: datasets.map((dataset) => ({ dataset, request: wholeOf(dataset, request) })),
    owner: { tenantId, userId },
    bundle: { serviceVersion, datasets: datasets.map(({ name }) => name) },
  };
}

type FilesWork = Omit<FileWork, 'dataset' | 'request' | 'owner' | 'bundle' | 'maxSegments'>;

/** One after the other: each may have its share of the segments that those before it have left. */
export async function planFiles({ parts, owner, bundle }: Contents, work: FilesWork): Promise<FilePlan[]> {
  const files: FilePlan[] = [];
  let left = MAX_SEGMENTS;
  for (const [index, part] of parts.entries()) {
    const maxSegments = Math.floor(left / (parts.length - index));
    const file = await planFile({ ...work, ...part, owner, maxSegments, ...(bundle === undefined ? {} : { bundle }) });
    left -= file.segments.length;
    files.push(file);
  }
  return files;
}

/** A segment of the whole plan, and the bytes that it should have in the object. */
export type SizedSegment = PlannedSegment & { readonly bytes: number };

/** The segments of all files, one after the other, with files and members numbered over the whole plan. */
export function joinPlans(files: readonly FilePlan[], roomy: boolean): SizedSegment[] {
  let members = 0;
  const joined = files.flatMap(({ segments, rowBytes }, file) => {
    const before = members;
    members += (segments.at(-1)?.member ?? 0) + 1;
    return segments.map((segment) => {
      const member = before + segment.member;
      const place = { ...segment.place, file, member };
      return { ...segment, member, place, bytes: Math.ceil(segment.rows * rowBytes) };
    });
  });
  const modes = segmentModes(joined);
  const [first] = files;
  const wide = widePlace((first?.totalRows ?? 0) * (first?.plainRowBytes ?? 0), roomy);
  return joined.map((segment, index) => ({
    ...segment,
    place: index === 0 ? { ...segment.place, ...wide } : segment.place,
    mode: modes[index] ?? 'parts',
  }));
}
