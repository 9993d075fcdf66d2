import type { ManagedProcess, ProcessOptions } from './managed-process.js';
import type { Ports } from './ports.js';
import type { Progress } from './progress.js';
import type { RunRecorder } from './run-record.js';

/** State that all services of a local stack share. */
export interface StackContext {
  /** The stack writes only inside this folder. */
  readonly dataDir: string;
  /** Downloaded programs, shared by all runs in this repository. */
  readonly cacheDir: string;
  readonly logDir: string;
  /** The data is deleted with the stack, so prefer speed to durability. */
  readonly throwaway: boolean;
  readonly progress: Progress;
  /** Aborted when the stack should stop, even while it is starting. */
  readonly signal: AbortSignal;
  readonly ports: Ports;
  readonly recorder: RunRecorder;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Secrets of this data folder, created at its first start. */
  readonly secrets: Secrets;
  /** Stops the stack because a part of it has failed. */
  readonly abort: () => void;
  /** Registers `close` to be called when the stack stops. */
  readonly onStop: (close: () => Promise<void>) => void;
  /** Creates a process that ends with the stack. */
  readonly process: (options: Omit<ProcessOptions, 'logFile'>) => ManagedProcess;
}

export interface Secrets {
  readonly databasePassword: string;
  readonly readerPassword: string;
  readonly s3AccessKeyId: string;
  readonly s3SecretAccessKey: string;
  readonly jwtSecret: string;
  readonly linkSecret: string;
  readonly webhookKey: string;
}

/** A part of the stack that a test may stop and restart, with the same address and data. */
export interface Service {
  readonly name: string;
  /** Undefined while it is stopped, and for a service that runs in this process or was not started by the stack. */
  readonly pid: number | undefined;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}
