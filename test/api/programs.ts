import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TSX } from '../../dev/stack/tsx.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Program {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Exit code; null when a signal ended the process. */
  readonly ended: Promise<number | null>;
}

/** Starts one of the repository's programs with only the given environment. */
export function startProgram(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [...TSX, file, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (written[name] += text));
  }
  return {
    process: child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

export async function runProgram(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const program = startProgram(file, args, env);
  const code = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}
