import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { crc32 } from 'node:zlib';
import { NORTHWIND } from '../dev/sample-data/tenants.js';
import { StackError } from '../dev/stack/stack-error.js';
import { orders } from '../shared/datasets/orders.js';
import { freezeQuery, segmentSql } from '../shared/datasets/query.js';
import { csv } from '../shared/formats/csv.js';
import { copyStatement } from './pipeline.js';

export interface Fingerprint {
  readonly bytes: number;
  /** Eight hexadecimal digits. */
  readonly crc32: string;
}

/** The body of the `POST`: all columns, all rows of the tenant. */
export const exportRequest = (escapeFormulas: boolean) => ({
  type: orders.name,
  format: csv.name,
  options: { escape_formulas: escapeFormulas },
});

/** The statement that gives the same rows in one piece: what somebody would write who has no service. */
export function wholeSelect(): string {
  const columns = Object.keys(orders.columns);
  const options = { escape_formulas: false, timezone: 'UTC' };
  const request = { type: orders.name, format: csv.name, columns, filters: {}, options, notify: {} };
  return segmentSql(freezeQuery(orders, request, NORTHWIND.id, csv.renderColumn(options)), null, null);
}

/** Size and CRC-32 of a stream. */
export async function fingerprint(stream: AsyncIterable<Uint8Array>): Promise<Fingerprint> {
  let bytes = 0;
  let crc = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    crc = crc32(chunk, crc);
  }
  return { bytes, crc32: crc.toString(16).padStart(8, '0') };
}

/** What psql prints: what every contestant's file must be. @throws StackError when psql fails */
export async function referenceOf(psql: string, sourceUrl: string, signal: AbortSignal): Promise<Fingerprint> {
  const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', sourceUrl, '-c', copyStatement(wholeSelect())];
  const child = spawn(psql, args, { stdio: ['ignore', 'pipe', 'inherit'], signal });
  const closed: Promise<unknown[]> = once(child, 'close');
  const printed = await fingerprint(child.stdout);
  const [code] = await closed;
  if (code !== 0) throw new StackError(`psql ended with code ${String(code)}.`);
  return printed;
}
