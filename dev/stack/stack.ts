import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Service, StackContext } from './context.js';
import { cleanUpAfter, findLeftovers, RECORD_NAME } from './leftovers.js';
import { ManagedProcess } from './managed-process.js';
import { MEMORY_ENV } from './memory-env.js';
import { Ports } from './ports.js';
import { createProgress, type Progress } from './progress.js';
import { RunRecorder } from './run-record.js';
import { readOrMakeSecrets } from './secrets.js';
import { startServices, type Services, type ServiceStarters } from './services.js';
import { environmentFor, ownSettings, type Environment, type StackEnv } from './stack-env.js';
import { startUntilReady, type ReadyCheck } from './start-service.js';
import { TSX } from './tsx.js';
import { startStackWatchdog, type StackWatchdog } from './start-watchdog.js';

/** The git-ignored folder that contains everything written by this repository's stacks. */
export const LOCAL_DIR = fileURLToPath(new URL('../../.local', import.meta.url));

export interface StackOptions extends ServiceStarters {
  /** The stack's data folder; only one stack may run in it at a time. */
  readonly dataDir?: string;
  /** Delete the data at the end, and prefer speed to durability. For tests. */
  readonly throwaway?: boolean;
  readonly progress?: Progress;
  /** Stops the stack, even while it is starting. */
  readonly signal?: AbortSignal;
  /** Services whose address is in here are not started. */
  readonly environment?: Environment;
}

export interface LaunchOptions {
  readonly name: string;
  /** Arguments for `node`, which may include a TypeScript file. */
  readonly args: readonly string[];
  /** Added to the stack's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** If set, `launch` resolves when it succeeds, and rejects if the process ends or takes too long. */
  readonly ready?: ReadyCheck;
}

export interface Stack {
  readonly env: StackEnv;
  /** Undefined if the stack did not start Temporal. */
  readonly temporalUiUrl: string | undefined;
  /** Undefined if mail goes elsewhere. */
  readonly inboxUrl: string | undefined;
  /** The path of the `temporal` program. */
  readonly temporalCli: string;
  /** For filling the source database with sample data; undefined if the stack did not start it. */
  readonly sourceOwnerUrl: string | undefined;
  readonly services: Readonly<Record<'postgres' | 'temporal' | 's3' | 'inbox', Service>>;
  /** The stack writes only inside this folder. */
  readonly dataDir: string;
  readonly logDir: string;
  /** Runs one of this repository's Node programs against the stack. It ends with the stack, before the services. */
  launch(options: LaunchOptions): Promise<ManagedProcess>;
  /** Ends all processes in order. Further calls wait for the first. */
  stop(): Promise<void>;
}

/**
 * Starts the services that the environment does not provide.
 * @throws StackError with a sentence for the user; nothing is left running then
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const run = await Run.begin(options);
  try {
    return run.stack(await startServices(run.context, options));
  } catch (error) {
    await run.stop();
    throw error;
  }
}

/** The life of one stack, from its folder to its last process. */
class Run {
  readonly context: StackContext;
  readonly #services: ManagedProcess[] = [];
  readonly #launched: ManagedProcess[] = [];
  readonly #abort = new AbortController();
  readonly #watchdog: StackWatchdog;
  readonly #closers: (() => Promise<void>)[] = [];
  #stopped: Promise<void> | undefined;

  static async begin(options: StackOptions): Promise<Run> {
    const dataDir = resolve(options.dataDir ?? LOCAL_DIR);
    const cacheDir = join(LOCAL_DIR, 'bin');
    const logDir = join(dataDir, 'logs');
    for (const folder of [LOCAL_DIR, cacheDir, dataDir, logDir]) await mkdir(folder, { recursive: true });
    const progress = options.progress ?? createProgress(process.stdout);
    const leftovers = await findLeftovers([LOCAL_DIR, dataDir]);
    if (leftovers.length > 0) {
      await progress.step('Cleaning up after a killed run', () => Promise.all(leftovers.map(cleanUpAfter)));
    }
    return new Run({ ...options, progress }, dataDir, cacheDir, logDir);
  }

  private constructor(
    options: StackOptions & { readonly progress: Progress },
    dataDir: string,
    cacheDir: string,
    logDir: string,
  ) {
    const throwaway = options.throwaway ?? false;
    const signals = [this.#abort.signal, ...(options.signal === undefined ? [] : [options.signal])];
    const recorder = new RunRecorder(join(dataDir, RECORD_NAME), throwaway ? [dataDir] : []);
    this.#watchdog = startStackWatchdog(recorder.file);
    const environment = options.environment ?? process.env;
    const secrets = readOrMakeSecrets(join(dataDir, 'secrets.json'));
    recorder.setJwtSecret(ownSettings(environment, secrets).JWT_SECRET);
    this.context = {
      dataDir,
      cacheDir,
      logDir,
      throwaway,
      progress: options.progress,
      signal: AbortSignal.any(signals),
      ports: new Ports(join(dataDir, 'ports.json')),
      recorder,
      environment,
      secrets,
      abort: () => {
        this.#abort.abort();
      },
      onStop: (close) => {
        this.#closers.push(close);
      },
      process: (processOptions) => this.#process(this.#services, processOptions),
    };
  }

  stack(services: Services): Stack {
    const { env, inbox } = services;
    return {
      env,
      temporalUiUrl: services.temporalUiUrl,
      inboxUrl: services.inboxUrl,
      temporalCli: services.temporalCli,
      sourceOwnerUrl: services.sourceOwnerUrl,
      services: { postgres: services.postgres, temporal: services.temporal, s3: services.s3, inbox },
      dataDir: this.context.dataDir,
      logDir: this.context.logDir,
      launch: (options) => this.#launch(options, env),
      stop: () => this.stop(),
    };
  }

  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  #process(list: ManagedProcess[], options: Parameters<StackContext['process']>[0]): ManagedProcess {
    const file = `${options.name.toLowerCase().replaceAll(' ', '-')}.log`;
    const created = new ManagedProcess({ ...options, logFile: join(this.context.logDir, file) }, this.context.recorder);
    list.push(created);
    return created;
  }

  async #launch({ name, args, env = {}, ready }: LaunchOptions, stackEnv: StackEnv): Promise<ManagedProcess> {
    const launched = this.#process(this.#launched, {
      name,
      command: process.execPath,
      args: [...TSX, ...args],
      env: { ...MEMORY_ENV, ...environmentFor(stackEnv, this.context.environment), ...env },
      cwd: resolve(LOCAL_DIR, '..'),
      stopSignal: 'SIGTERM',
      stopLimitMs: 30_000,
    });
    if (ready === undefined) await launched.start();
    else await startUntilReady(launched, ready, this.context.signal);
    return launched;
  }

  async #stop(): Promise<void> {
    const { recorder } = this.context;
    this.#abort.abort();
    // Stop the programs first: they drain into services that still run.
    await Promise.all(this.#launched.map((launched) => launched.stop()));
    await Promise.all([...this.#services.map((service) => service.stop()), ...this.#closers.map((close) => close())]);
    recorder.close();
    await this.#watchdog.stop();
    for (const path of recorder.throwaway) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}
