import { ServiceError } from '../../errors.js';
import { bundleFiles, memberFile } from './bundle.js';
import { FASTEST } from './deflate.js';
import { outlineOf, type FileSpec } from '../file-spec.js';
import type { FormatResources, NamedBytes, SegmentEncoder, SegmentPosition, WrittenSegment } from '../encoding.js';
import { hashed } from './hashed.js';
import { sumOf } from '../sums.js';
import { isWide, joinArchive, type ArchiveGlue, type ZipMember } from './zip.js';

/** A ZIP archive whose members consist of segments: a workbook, or a bundle of files of a text format. */
interface Archive {
  memberName(position: SegmentPosition): string;
  /** Compression level, 1 to 9. */
  readonly level: number;
  /** Records what {@link files} needs to know about the plain bytes of a segment. */
  noting(plain: SegmentEncoder): SegmentEncoder;
  /** The archive's files besides its members. */
  files(members: readonly ZipMember[]): NamedBytes[];
  /** Whether readers of this format accept headers with room for 8-byte sizes. */
  readonly takesWide: boolean;
}

/** Null if the file isn't an archive. */
export function archiveOf(spec: FileSpec): Archive | null {
  const { archive } = spec.format;
  const { bundle } = spec;
  if (bundle !== undefined) {
    return {
      memberName: (position) => memberFile(spec, position),
      level: FASTEST,
      noting: hashed,
      files: (members) => bundleFiles(spec, bundle, members),
      takesWide: true,
    };
  }
  if (archive === undefined) return null;
  const outline = outlineOf(spec, { file: 0 });
  return {
    memberName: ({ member }) => archive.memberName(member),
    level: archive.level(outline.options),
    noting: (plain) => plain,
    files: (members) =>
      archive.files(
        outline,
        members.map(({ segments }) => segments),
      ),
    takesWide: false,
  };
}

/** The first member gets a wide header if it is planned to exceed this: half of what a narrow header can express. */
const WIDE_FROM = 2 ** 31;

/**
 * Whether an archive's first segment, which writes the first member's header before sizes are known, writes a wide one.
 * @param plainBytes planned bytes of the first member
 */
export const startsWide = (plainBytes: number, withHeadroom: boolean): boolean =>
  withHeadroom || plainBytes >= WIDE_FROM;

/** The bytes between and after the members. @throws ServiceError PLAN_OUTGROWN */
export async function joinMembers(
  archive: Archive,
  spec: FileSpec,
  groups: readonly (readonly WrittenSegment[])[],
  resources: FormatResources,
): Promise<ArchiveGlue> {
  const joined = groups.map(async (segments): Promise<ZipMember> => {
    const [first] = segments;
    if (first === undefined) throw new RangeError('A member has no segment.');
    const { position } = first;
    const outline = outlineOf(spec, position);
    const tail = await spec.format.tail(outline, segments, resources);
    const name = archive.memberName(position);
    return { name, segments, tail, wide: mustBeWide(archive, { name, position, segments, tail }) };
  });
  const members = await Promise.all(joined);
  return joinArchive(members, archive.files(members), outlineOf(spec, { file: 0 }).about.plannedAt);
}

function mustBeWide(
  { takesWide }: Archive,
  { name, position, segments, tail }: Omit<ZipMember, 'wide'> & { readonly position: SegmentPosition },
): boolean {
  const packed = segments.reduce((sum, { bytes }) => sum + bytes, tail.length);
  const size = sumOf(segments).size + tail.length;
  const needed = isWide(Math.max(packed, size));
  const isFirst = position.member === 0;
  const planned = isFirst && position.wide;
  if (needed && (isFirst ? !planned : !takesWide)) {
    throw new ServiceError('PLAN_OUTGROWN', `${name} has ${size} bytes, more than its archive was planned for.`);
  }
  return needed || planned;
}
