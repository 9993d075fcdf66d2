import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { processIdentity } from './processes.js';
import { StackError } from './stack-error.js';

const recordedProcess = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  identity: z.string(),
  /** Signal for a clean shutdown. */
  signal: z.enum(['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGKILL']),
});

const runRecord = z.object({
  owner: z.object({ pid: z.number().int().positive(), identity: z.string() }),
  processes: z.array(recordedProcess),
  /** Folders and sockets that can be deleted once the run is over. */
  throwaway: z.array(z.string()),
  /** The secret that this run's API verifies tokens with. `npm run token` signs with it. */
  jwtSecret: z.string().optional(),
});

export type RecordedProcess = z.infer<typeof recordedProcess>;
export type RunRecord = z.infer<typeof runRecord>;

/** Reads a run's record; undefined if it is missing or unreadable. */
export function readRunRecord(file: string): RunRecord | undefined {
  try {
    return runRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether the process that wrote the record is still running. */
export function ownerIsAlive(record: RunRecord): boolean {
  return processIdentity(record.owner.pid) === record.owner.identity;
}

/**
 * Records this run's processes on disk, so that after a `kill -9` of the run, its watchdog or the next start can end
 * exactly these.
 */
export class RunRecorder {
  readonly file: string;
  readonly #processes = new Map<number, RecordedProcess>();
  readonly #throwaway: string[];
  #jwtSecret: string | undefined;

  /** @throws StackError if a running process has its record there */
  constructor(file: string, throwaway: readonly string[]) {
    this.file = file;
    this.#throwaway = [...throwaway];
    const draft = this.#draft();
    try {
      // Linked rather than renamed, so that one of two simultaneous runs fails.
      linkSync(draft, file);
    } catch {
      const owner = readRunRecord(file)?.owner.pid;
      throw new StackError(
        `The local stack of this folder is already running (process ${owner ?? 'unknown'}): stop it first.`,
      );
    } finally {
      rmSync(draft, { force: true });
    }
  }

  get throwaway(): readonly string[] {
    return this.#throwaway;
  }

  add(process: Omit<RecordedProcess, 'identity'>): void {
    const identity = processIdentity(process.pid);
    // Already gone: there is nothing to clean up later.
    if (identity === undefined) return;
    this.#processes.set(process.pid, { ...process, identity });
    this.#write();
  }

  remove(pid: number): void {
    if (this.#processes.delete(pid)) this.#write();
  }

  /** Deletes these paths with the run, even after a `kill -9`. */
  addThrowaway(...paths: readonly string[]): void {
    this.#throwaway.push(...paths);
    this.#write();
  }

  setJwtSecret(secret: string): void {
    this.#jwtSecret = secret;
    this.#write();
  }

  /** Call once every process has ended. */
  close(): void {
    rmSync(this.file, { force: true });
  }

  #write(): void {
    // Renamed into place, so that readers never see a partial record.
    renameSync(this.#draft(), this.file);
  }

  #draft(): string {
    const identity = processIdentity(process.pid) ?? '';
    const record: RunRecord = {
      owner: { pid: process.pid, identity },
      processes: [...this.#processes.values()],
      throwaway: this.#throwaway,
      jwtSecret: this.#jwtSecret,
    };
    const draft = `${this.file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(record, null, 2), { mode: 0o600 });
    return draft;
  }
}
