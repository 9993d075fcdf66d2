import type { Contents } from '../../shared/datasets/contents.js';
import { startsWide } from '../../shared/formats/archive/archive.js';
import type { PlannedSegment } from '../../shared/job/plan-schema.js';
import { segmentModes } from '../../shared/plan/segment-modes.js';
import { MAX_SEGMENTS } from '../../shared/plan/segments.js';
import { planFile, type FilePlan, type FileWork } from './plan-file.js';

type FilesWork = Omit<FileWork, 'dataset' | 'request' | 'owner' | 'maxSegments'>;

/** Plans one file after the other; each gets its share of the segments that are left. */
export async function planFiles({ parts, owner }: Contents, work: FilesWork): Promise<FilePlan[]> {
  const files: FilePlan[] = [];
  let left = MAX_SEGMENTS;
  for (const [index, part] of parts.entries()) {
    const maxSegments = Math.floor(left / (parts.length - index));
    const file = await planFile({ ...work, ...part, owner, maxSegments });
    left -= file.segments.length;
    files.push(file);
  }
  return files;
}

/** A segment of the whole plan, with its expected bytes in the object. */
export type SizedSegment = PlannedSegment & { readonly bytes: number };

/** Concatenates the segments of all files, with files and members numbered over the whole plan. */
export function joinPlans(files: readonly FilePlan[], withHeadroom: boolean): SizedSegment[] {
  let members = 0;
  const joined = files.flatMap(({ segments, rowBytes }, file) => {
    const before = members;
    members += (segments.at(-1)?.member ?? 0) + 1;
    return segments.map((segment) => {
      const member = before + segment.member;
      const position = { ...segment.position, file, member };
      return { ...segment, member, position, bytes: Math.ceil(segment.rows * rowBytes) };
    });
  });
  const modes = segmentModes(joined);
  const [first] = files;
  const wide = startsWide((first?.totalRows ?? 0) * (first?.plainRowBytes ?? 0), withHeadroom);
  return joined.map((segment, index) => ({
    ...segment,
    position: { ...segment.position, wide: index === 0 && wide },
    mode: modes[index] ?? 'parts',
  }));
}
