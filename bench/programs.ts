import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORD_NAME } from '../dev/stack/leftovers.js';
import { ManagedProcess } from '../dev/stack/managed-process.js';
import { RunRecorder } from '../dev/stack/run-record.js';
import { startUntilReady, type ReadyCheck } from '../dev/stack/start-service.js';
import { startStackWatchdog, type StackWatchdog } from '../dev/stack/start-watchdog.js';

export interface ProgramOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The complete environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly ready?: ReadyCheck;
}

/**
 * Runs the measured programs as in production: plain Node on compiled code, without what the local stack needs to run
 * TypeScript. None outlives this process, however it ends.
 */
export class Programs {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #recorder: RunRecorder;
  readonly #watchdog: StackWatchdog;
  readonly #running = new Set<ManagedProcess>();

  /**
   * @param dataDir the stack's; `startStack` looks in its parent folder for what a killed run left behind
   * @throws StackError if a running process has its programs there
   */
  static async open(dataDir: string, signal: AbortSignal): Promise<Programs> {
    const folder = join(dataDir, 'programs');
    await mkdir(folder, { recursive: true });
    return new Programs(folder, signal);
  }

  private constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
    this.#recorder = new RunRecorder(join(folder, RECORD_NAME), []);
    this.#watchdog = startStackWatchdog(this.#recorder.file);
  }

  /** Resolves when it runs or, if `ready` is set, when it is ready. */
  async launch({ name, command, args, env, ready }: ProgramOptions): Promise<ManagedProcess> {
    this.#signal.throwIfAborted();
    const logFile = join(this.#folder, `${name}.log`);
    const limits = { stopSignal: 'SIGTERM', stopLimitMs: 30_000 } as const;
    const program = new ManagedProcess(
      { name, command, args, env, cwd: process.cwd(), logFile, ...limits },
      this.#recorder,
    );
    this.#running.add(program);
    if (ready === undefined) await program.start();
    else await startUntilReady(program, ready, this.#signal);
    return program;
  }

  /** Stops these programs, or all of them. */
  async stop(programs: readonly ManagedProcess[] = [...this.#running]): Promise<void> {
    await Promise.all(programs.map((program) => program.stop()));
    for (const program of programs) this.#running.delete(program);
  }

  async close(): Promise<void> {
    await this.stop();
    this.#recorder.close();
    await this.#watchdog.stop();
  }
}
