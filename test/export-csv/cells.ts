import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** Python's csv module, as an independent reader. */
const SCRIPT = `
import csv, io, json, sys
csv.field_size_limit(1 << 28)
lines = csv.reader(io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline=''), strict=True)
json.dump(list(lines), sys.stdout)
`;
const LIMIT_MS = 30_000;
const rowsSchema = z.array(z.array(z.string()));

/** The cells of a CSV file, starting with the header. Empty text and null look the same here. */
export async function cellsOf(csv: Buffer): Promise<readonly (readonly string[])[]> {
  const python = spawn('python3', ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'], timeout: LIMIT_MS });
  const printed = text(python.stdout);
  python.stdin.end(csv);
  return rowsSchema.parse(JSON.parse(await printed));
}
