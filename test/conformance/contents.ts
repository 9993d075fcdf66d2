import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Dataset } from '../../shared/datasets/index.js';
import { COMPUTED_BY_SQL, MASKED_BY_SQL } from '../support/computed-by-sql.js';
import { queryRows } from '../support/database.js';
import { stack } from '../support/stack.js';

const READER = fileURLToPath(new URL('read.py', import.meta.url));
const cells = z.array(z.array(z.unknown()));
export type Cells = z.infer<typeof cells>;

/** A dataset's rows as the format should show them: as text, and null for null (in CSV, also for empty text). */
export async function expectedContents(
  databaseUrl: string,
  { name, table, columns, key }: Dataset,
  format: string,
  where: string,
): Promise<Cells> {
  const json = format.endsWith('JSON');
  // CSV writes null and empty text the same way.
  const text = (column: string): string =>
    format === 'CSV' ? `nullif(format('%s', ${column}), '')` : `format('%s', ${column})`;
  const masked = MASKED_BY_SQL[name] ?? {};
  const plain = Object.keys(columns).map((column) => masked[column] ?? column);
  const shown = [...plain, ...Object.values(COMPUTED_BY_SQL[name] ?? {})];
  const items = shown.map((column) =>
    // A cast to text would write true where COPY writes t.
    json ? `to_json(${column})#>>'{}'` : `CASE WHEN ${column} IS NOT NULL THEN ${text(column)} END`,
  );
  const rows = await queryRows<{ cells: (string | null)[] }>(
    databaseUrl,
    `SELECT ARRAY[${items.join(', ')}] AS cells FROM ${table} WHERE ${where} ORDER BY ${key.join(', ')}`,
  );
  const types = Object.values(columns).map(({ type }) => type);
  return rows.map(({ cells: row }) => row.map((cell, index) => (json ? asJson(cell, types[index]) : cell)));
}

/** Booleans and documents are JSON values. The reader keeps the digits of numbers, as text. */
function asJson(cell: string | null, type: string | undefined): unknown {
  if (cell === null || (type !== 'boolean' && type !== 'json' && type !== 'jsonb')) return cell;
  return JSON.parse(cell.replaceAll(/(?<=[[:,]\s*)-?\d[\d.]*/g, '"$&"'));
}

/** Saves the bytes as a new file in this run's folder. */
export async function savedFile(bytes: Buffer, extension: string): Promise<string> {
  const folder = join(stack().dataDir, 'formats');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${randomUUID()}.${extension}`);
  await writeFile(file, bytes);
  return file;
}

/** What Python's standard library reads from an exported file. */
export async function readByPython(format: string, compression: string, bytes: Buffer): Promise<Cells> {
  const file = await savedFile(bytes, compression === 'gzip' ? 'gz' : 'txt');
  const { stdout } = await promisify(execFile)('python3', [READER, format, file], { maxBuffer: 1 << 26 });
  return cells.parse(JSON.parse(stdout));
}
