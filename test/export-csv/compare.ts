import assert from 'node:assert/strict';
import { download, postExport, untilEnded } from '../support/exports.js';
import { queryRows } from '../support/database.js';
import type { TestService } from '../support/service.js';
import type { Principal } from '../../api/deps.js';
import { copyOf, psqlCopyOf, type Reference } from './reference.js';

export interface ExportedFile {
  readonly jobId: string;
  readonly rows: number;
  readonly bytes: Buffer;
}

export interface ComparedRequest {
  readonly columns?: readonly string[];
  readonly filters?: object;
  readonly sort?: string;
  readonly options?: object;
}

/** Exports and downloads a file; the job must complete. */
export async function exportFile(service: TestService, as: Principal, body: object): Promise<ExportedFile> {
  const jobId = await postExport(service, as, body);
  const job = await untilEnded(service, as, jobId);
  return { jobId, rows: job.row_count ?? NaN, bytes: await download(service, as, jobId) };
}

/** Fails with the first difference between two files, instead of printing both. */
export function assertSameBytes(actual: Buffer, expected: Buffer, what: string): void {
  if (actual.equals(expected)) return;
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at++;
  const around = (bytes: Buffer): string => JSON.stringify(bytes.subarray(Math.max(0, at - 80), at + 80).toString());
  assert.fail(
    `${what}: ${actual.length} bytes, not ${expected.length}; the first difference is at ${at}: ` +
      `${around(actual)}, not ${around(expected)}`,
  );
}

/**
 * Asserts that the file of `body`, without escaping, equals what COPY writes for `reference`, and what psql writes
 * where it is installed.
 */
export async function assertEqualsCopy(
  service: TestService,
  as: Principal,
  body: ComparedRequest & { readonly type?: string },
  reference: Omit<Reference, 'databaseUrl'>,
): Promise<ExportedFile> {
  const file = await exportFile(service, as, { ...body, options: { ...body.options, escape_formulas: false } });
  const query = { ...reference, databaseUrl: service.databaseUrl };
  const [copied, byPsql] = await Promise.all([copyOf(query), psqlCopyOf(query)]);
  assertSameBytes(file.bytes, copied, 'COPY');
  if (byPsql !== null) assertSameBytes(file.bytes, byPsql, 'psql');
  return file;
}

/** How each segment of a job was stored. */
export async function segmentKinds({ databaseUrl }: TestService, jobId: string): Promise<string[]> {
  const rows = await queryRows<{ kind: string }>(
    databaseUrl,
    `SELECT parts->>'kind' AS kind FROM export_segments WHERE job_id = $1 ORDER BY segment`,
    [jobId],
  );
  return rows.map(({ kind }) => kind);
}
