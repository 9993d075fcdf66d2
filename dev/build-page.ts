import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { filesIn, fingerprintOf } from '../shared/process/files.js';
import { runCommand } from './stack/run-command.js';
import { StackError } from './stack/stack-error.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'api', 'web');
/** The folder that the API serves the page from. */
export const PAGE_FOLDER = join(ROOT, 'dist', 'web');
/** Hash of the page's sources; written last, so that an interrupted build doesn't count. */
const NOTE = join(PAGE_FOLDER, '.made-of');
const LIMIT_MS = 120_000;

/**
 * Builds the web page unless it is up to date.
 * @throws StackError with the compiler's output
 */
export async function buildPage(): Promise<void> {
  const sources = [...(await filesIn(SOURCES)), join(ROOT, 'package-lock.json'), fileURLToPath(import.meta.url)];
  const fingerprint = await fingerprintOf(sources, ROOT);
  if ((await readFile(NOTE, 'utf8').catch(() => '')) === fingerprint) return;
  // In a separate process, because it sets NODE_ENV, which must not leak into other child processes.
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', SOURCES, '--logLevel', 'warn'];
  const { ok, output } = await runCommand(process.execPath, args, { cwd: ROOT, timeoutMs: LIMIT_MS });
  if (!ok) throw new StackError(`The web page couldn't be built:\n${output}`);
  await compressAssets();
  await writeFile(NOTE, fingerprint);
}

/** Compresses each asset once, so that the service doesn't compress on every request. */
async function compressAssets(): Promise<void> {
  const folder = join(PAGE_FOLDER, 'assets');
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    await writeFile(join(folder, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }));
  }
}
