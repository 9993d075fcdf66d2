import { delimiter } from 'node:path';
import { pipPackages, type PipOptions } from '../../dev/pip-packages.js';
import { runCommand, tellingLine, type CommandResult } from '../../dev/stack/run-command.js';

interface PythonOptions {
  readonly cwd?: string;
  /** Added to the test's environment. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** A Python with certain packages. */
export interface Python {
  /** The environment in which `python3` finds the packages. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs Python until it exits. */
  run(args: readonly string[], timeoutMs: number, options?: PythonOptions): Promise<CommandResult>;
}

export const orFail = (what: string, { ok, output }: CommandResult): string => {
  if (!ok) throw new Error(`${what} failed: ${tellingLine(output)}\n${output}`);
  return output;
};

/**
 * @param name of the folder in the repository's cache; it must differ between versions
 * @param packages pinned: `name==version`
 */
export async function openPython(name: string, packages: readonly string[], options?: PipOptions): Promise<Python> {
  const folder = await pipPackages(name, packages, options);
  const PYTHONPATH = [folder, process.env.PYTHONPATH ?? ''].filter((path) => path !== '').join(delimiter);
  const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
  return {
    env,
    run: (args, timeoutMs, { env: more, ...options } = {}) =>
      runCommand('python3', args, { timeoutMs, env: { ...env, ...more }, ...options }),
  };
}
