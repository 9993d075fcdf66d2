import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup } from './processes.js';
import type { RecordedProcess, RunRecorder } from './run-record.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from './stack-error.js';

export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The complete environment of the process. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The user to run as; default: this process's. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Receives the output, appended. */
  readonly logFile: string;
  /** Signal for a clean shutdown. */
  readonly stopSignal: RecordedProcess['signal'];
  /** How long it may take to end after `stopSignal`, ms. */
  readonly stopLimitMs: number;
}

/** How a process ended: its exit code, or the signal that killed it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A process that can be started, stopped and restarted. It leads its own process group: Ctrl-C in the terminal reaches
 * only us, so that parts stop in order, and its children can be ended with it.
 */
export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #options: ProcessOptions;
  readonly #recorder: RunRecorder;
  #child: ChildProcess | undefined;
  #exited: Promise<Exit> = Promise.resolve({ code: 0, signal: null });

  constructor(options: ProcessOptions, recorder: RunRecorder) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.#options = options;
    this.#recorder = recorder;
  }

  /** Undefined while it is not running. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the most recently started run has ended. Never rejects. */
  get exited(): Promise<Exit> {
    return this.#exited;
  }

  /**
   * Does nothing if it is running.
   * @throws StackError if the program cannot be run at all
   */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const { name, command, args, env, cwd, user, logFile, stopSignal } = this.#options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, { env, cwd, ...user, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#ended(child, resolve, { code, signal });
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        this.#child = undefined;
        reject(new StackError(`${name} couldn't be started from ${command}: ${messageOf(error)}.`));
      });
    });
    if (child.pid !== undefined) this.#recorder.add({ name, pid: child.pid, signal: stopSignal });
  }

  /** Stops it cleanly, or with SIGKILL after its limit. Resolves when it is gone. */
  async stop(): Promise<void> {
    await this.#end(this.#options.stopSignal);
  }

  /** Kills it, like a crash. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** The end of its output, for error messages. */
  async logTail(bytes = 2_000): Promise<string> {
    const file = await open(this.logFile, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - bytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, start);
      return buffer.toString('utf8', 0, bytesRead).trim();
    } finally {
      await file.close();
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill(signal);
    const limit = new AbortController();
    const late = sleep(this.#options.stopLimitMs, 'late' as const, { signal: limit.signal }).catch(
      () => 'gone' as const,
    );
    if ((await Promise.race([this.#exited, late])) === 'late') child.kill('SIGKILL');
    await this.#exited;
    limit.abort();
  }

  #ended(child: ChildProcess, resolve: (exit: Exit) => void, exit: Exit): void {
    if (this.#child === child) this.#child = undefined;
    if (child.pid !== undefined) {
      signalGroup(child.pid, 'SIGKILL');
      this.#recorder.remove(child.pid);
    }
    resolve(exit);
  }
}
