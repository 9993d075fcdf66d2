import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./results', import.meta.url));

/**
 * Writes what a run has found to `results/<name>.json`, in place of the run before; `at` says when.
 * @returns the file's path
 */
export async function writeResults(name: string, results: Readonly<Record<string, unknown>>): Promise<string> {
  const file = join(FOLDER, `${name}.json`);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), ...results }, rounded, 2)}\n`);
  return file;
}

/** More digits than a clock has only make files long. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
