import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runCommand, tellingLine, type CommandResult } from '../../dev/stack/run-command.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';

const PIP_LIMIT_MS = 180_000;

/** A Python that has certain packages. */
export interface Python {
  /** Runs it to its end. */
  run(args: readonly string[], timeoutMs: number): Promise<CommandResult>;
}

export const orFail = (what: string, { ok, output }: CommandResult): string => {
  if (!ok) throw new Error(`${what} failed: ${tellingLine(output)}\n${output}`);
  return output;
};

/**
 * Installed with pip into the repository's own cache, once a version of Python: wheels are made for one.
 * @param name of the folder; another version needs another one
 */
export async function openPython(name: string, pipArguments: readonly string[]): Promise<Python> {
  const tag = await runCommand('python3', ['-c', 'import sys; print(sys.implementation.cache_tag)'], {
    timeoutMs: 20_000,
  });
  const packages = join(LOCAL_DIR, 'bin', `${name}-${orFail('python3', tag)}`);
  if (!(await exists(packages))) await install(packages, pipArguments);
  const PYTHONPATH = [packages, process.env.PYTHONPATH ?? ''].filter((path) => path !== '').join(delimiter);
  const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
  return { run: (args, timeoutMs) => runCommand('python3', args, { timeoutMs, env }) };
}

async function install(folder: string, pipArguments: readonly string[]): Promise<void> {
  await mkdir(join(LOCAL_DIR, 'bin'), { recursive: true });
  const draft = join(LOCAL_DIR, 'bin', `draft-${randomUUID()}`);
  const args = ['-m', 'pip', 'install', '--target', draft, '--no-input', ...pipArguments];
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  try {
    orFail('pip', await runCommand('python3', args, { timeoutMs: PIP_LIMIT_MS, env }));
    // A run beside this one may have been first.
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
