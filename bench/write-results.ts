import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./results', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Writes a run's results to `results/<name>.json`, replacing those of the previous run; `at` is the time.
 * @returns the file's path
 */
export async function writeResults(name: string, results: Readonly<Record<string, unknown>>): Promise<string> {
  const file = join(FOLDER, `${name}.json`);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), ...results }, shortened, 2)}\n`);
  return file;
}

/**
 * Numbers with three decimals (more digits than a clock resolves only make the file longer), and paths from the
 * repository's folder.
 */
function shortened(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(ROOT, '');
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
