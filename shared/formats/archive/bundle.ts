import { crc32 } from '@node-rs/crc32';
import { createHash } from 'node:crypto';
import type { Mask } from '../../datasets/column-types.js';
import type { ShownColumn } from '../../datasets/shown-columns.js';
import { combineCrc32 } from '../../plan/crc32.js';
import { bundleReadme } from './bundle-readme.js';
import { MANIFEST, type ManifestColumn, type ManifestFile } from './manifest.js';
import { outlineOf, type Bundle, type FileSpec } from '../file-spec.js';
import type { NamedBytes, SegmentPosition } from '../encoding.js';
import { numberIn, sumOf } from '../sums.js';
import type { ZipMember } from './zip.js';

/** The files that describe a bundle: `manifest.json` for programs and `README.txt` for people. */

export const README = 'README.txt';

/** A dataset's file in the archive. */
export const memberFile = (spec: FileSpec, position: Pick<SegmentPosition, 'file'>): string =>
  `${outlineOf(spec, position).dataset}.${spec.format.extension}`;

/** @param members with summaries that have `size`, `crc32` and `sha256` of plain bytes */
export function bundleFiles(spec: FileSpec, bundle: Bundle, members: readonly ZipMember[]): NamedBytes[] {
  const { about, options } = outlineOf(spec, { file: 0 });
  const files = members.map((member) => describe(spec, bundle, member));
  const manifest = {
    type: 'account',
    service: { name: 'export-service', version: bundle.serviceVersion },
    job_id: about.jobId,
    user_id: about.userId,
    tenant_id: about.tenantId,
    requested_by: bundle.requestedBy,
    planned_at: about.plannedAt,
    format: spec.format.name,
    options,
    files,
    left_out_files: bundle.leftOutFiles,
  };
  return [
    { name: MANIFEST, bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) },
    { name: README, bytes: Buffer.from(bundleReadme(spec, bundle, files)) },
  ];
}

function describe(spec: FileSpec, bundle: Bundle, { name, segments, tail }: ZipMember): ManifestFile {
  const file = segments[0]?.position.file ?? 0;
  const { dataset, title, columns } = outlineOf(spec, { file });
  const withheld = bundle.withheld[file];
  if (withheld === undefined) throw new RangeError(`The plan has no file ${file}.`);
  const sum = sumOf(segments);
  const checksum = combineCrc32(sum.crc32, crc32(tail), tail.length);
  const pieces = segments.map(({ summary }) => ({
    bytes: numberIn(summary, 'size'),
    sha256: String(summary.sha256),
  }));
  const end = { bytes: tail.length, sha256: createHash('sha256').update(tail).digest('hex') };
  return {
    name,
    ...{ dataset, title },
    schema: columns.map((column) => describeColumn(spec, column, withheld.masked[column.name])),
    left_out: { locked: withheld.locked, hidden: withheld.hidden },
    rows: segments.reduce((total, { rows }) => total + rows, 0),
    bytes: sum.size + tail.length,
    crc32: checksum.toString(16).padStart(8, '0'),
    pieces: tail.length === 0 ? pieces : [...pieces, end],
  };
}

function describeColumn({ format }: FileSpec, column: ShownColumn, mask: Mask | undefined): ManifestColumn {
  const { name, label, type } = column;
  const fileType = format.columnType?.(column);
  return {
    ...{ name, label, type },
    ...(fileType === undefined ? {} : { file_type: fileType }),
    ...(mask === undefined ? {} : { mask }),
  };
}
