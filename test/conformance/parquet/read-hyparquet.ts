import assert from 'node:assert/strict';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const keep = (value: unknown): unknown => value;
const text = (bytes: Uint8Array | undefined): unknown => bytes && Buffer.from(bytes).toString();
/** Values as the file holds them. */
const parsers = {
  timestampFromMicroseconds: keep,
  dateFromDays: keep,
  stringFromBytes: text,
  jsonFromBytes: text,
  uuidFromBytes: keep,
} as never;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const uuid = (bytes: Uint8Array): string => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

/** A value as in read.py, except for decimals, which are doubles here. */
function cell(value: unknown, { type, logical_type: logical, scale }: SchemaElement): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return uuid(value);
  if (logical?.type === 'DECIMAL' && typeof value === 'number') return value.toFixed(scale ?? 0);
  if (typeof value === 'number' && (type === 'DOUBLE' || type === 'FLOAT')) return bits(value, type);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  assert.ok(typeof value === 'string');
  return value;
}

function bits(value: number, type: 'DOUBLE' | 'FLOAT'): string {
  if (Number.isNaN(value)) return 'nan';
  const bytes = Buffer.alloc(type === 'FLOAT' ? 4 : 8);
  if (type === 'FLOAT') bytes.writeFloatBE(value);
  else bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

/** The rows of a file, or those from `rowStart` up to `rowEnd`, as texts. */
export async function readByHyparquet(
  path: string,
  part: { readonly rowStart?: number; readonly rowEnd?: number } = {},
): Promise<(string | null)[][]> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const [, ...columns] = metadata.schema;
  const rows = await parquetReadObjects({ file, metadata, compressors, parsers, ...part });
  return rows.map((row) => columns.map((column) => cell(row[column.name], column)));
}
