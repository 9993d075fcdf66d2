import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly limitMs?: number;
  readonly input?: string;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  /** The end of its error output. */
  readonly stderr: string;
}

const LIMIT_MS = 120_000;
const KEPT_CHARACTERS = 2000;

/**
 * Runs a reader to its end. A reader may print endless errors about a bad file, so only the end of stderr is kept.
 * @throws Error when it takes too long
 */
export async function runReader(
  command: string,
  args: readonly string[],
  { env = process.env, limitMs = LIMIT_MS, input = '' }: RunOptions = {},
): Promise<ProgramEnd> {
  const child = spawn(command, args, { env, stdio: 'pipe' });
  // A program may exit without reading all its input.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const lastOf = async (): Promise<string> => {
    let kept = '';
    for await (const chunk of child.stderr.setEncoding('utf8'))
      kept = `${kept}${String(chunk)}`.slice(-KEPT_CHARACTERS);
    return kept;
  };
  try {
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), lastOf()]);
    if (child.signalCode === 'SIGKILL') throw new Error(`${command} ${args.join(' ')}: not within ${limitMs / 1000} s`);
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

/** @returns its output @throws Error with the end of its output if it fails */
export async function outputOf(command: string, args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await runReader(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr || stdout.slice(-KEPT_CHARACTERS)}`);
  return stdout;
}
