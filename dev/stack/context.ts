import type { ManagedProcess, ProcessOptions } from './managed-process.js';
import type { Ports } from './ports.js';
import type { Progress } from './progress.js';
import type { RunRecorder } from './run-record.js';

/** What every service of one local stack shares. */
export interface StackContext {
  /** Everything this stack writes is below this folder. */
  readonly dataDir: string;
  /** Downloaded programs, shared by all runs of the repository. */
  readonly cacheDir: string;
  readonly logDir: string;
  /** The data is removed with the stack: speed matters, surviving a power cut does not. */
  readonly throwaway: boolean;
  readonly progress: Progress;
  /** Aborted when the stack is to stop, also while it starts. */
  readonly signal: AbortSignal;
  readonly ports: Ports;
  readonly recorder: RunRecorder;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Secrets of this data folder, made at its first start. */
  readonly secrets: Secrets;
  /** Ends the stack: a part of it has failed. */
  readonly abort: () => void;
  /** Has `close` called when the stack stops. */
  readonly onStop: (close: () => Promise<void>) => void;
  /** A process that ends with the stack. */
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

/** A part of the stack that a test may stop and start again, on the same address and with the same data. */
export interface Service {
  readonly name: string;
  /** Undefined while it is stopped, and for a service that lives in this process or that somebody else runs. */
  readonly pid: number | undefined;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}
