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
/** Where the API looks for it. */
export const PAGE_FOLDER = join(ROOT, 'dist', 'web');
/** What the page was made of; written last, so that a build that was cut off counts for nothing. */
const NOTE = join(PAGE_FOLDER, '.made-of');
const LIMIT_MS = 120_000;

/**
 * Makes the web page, unless the one that is there was made of the same.
 * @throws StackError with what the compiler says
 */
export async function buildPage(): Promise<void> {
  const sources = [...(await filesIn(SOURCES)), join(ROOT, 'package-lock.json'), fileURLToPath(import.meta.url)];
  const fingerprint = await fingerprintOf(sources, ROOT);
  if ((await readFile(NOTE, 'utf8').catch(() => '')) === fingerprint) return;
  // In a process of its own: it sets NODE_ENV, which is not for whatever else this one starts.
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', SOURCES, '--logLevel', 'warn'];
  const { ok, output } = await runCommand(process.execPath, args, { cwd: ROOT, timeoutMs: LIMIT_MS });
  if (!ok) throw new StackError(`The web page couldn't be built:\n${output}`);
  await compressAssets();
  await writeFile(NOTE, fingerprint);
}

/** Beside each asset, once: the service has better things to do with every request. */
async function compressAssets(): Promise<void> {
  const folder = join(PAGE_FOLDER, 'assets');
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    await writeFile(join(folder, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }));
  }
}
