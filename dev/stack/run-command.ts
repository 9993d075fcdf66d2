import { execFile } from 'node:child_process';

export interface CommandResult {
  /** Whether it exited with code 0. */
  readonly ok: boolean;
  /** Its output on both streams, trimmed; or why it could not run. */
  readonly output: string;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Runs a program to completion. Rejects only if aborted; other failures are in the result. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs, signal, env, cwd, user }: CommandOptions,
): Promise<CommandResult> {
  const result = await new Promise<CommandResult>((resolve) => {
    const options = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: 16 << 20,
      signal,
      env,
      cwd,
      ...user,
    } as const;
    execFile(command, args, options, (error, stdout, stderr) => {
      const printed = `${stdout}\n${stderr}`.trim();
      if (error === null) resolve({ ok: true, output: printed });
      else if (error.killed === true) resolve({ ok: false, output: `it took longer than ${timeoutMs / 1000} s` });
      else resolve({ ok: false, output: printed === '' ? error.message : printed });
    });
  });
  signal?.throwIfAborted();
  return result;
}

/** The most informative line of a program's output: the last one that mentions an error, or else the last one. */
export function tellingLine(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'it printed nothing';
}
