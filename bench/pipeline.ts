import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../dev/stack/stack-error.js';
import { family, peakMemory } from './proc.js';
import type { Programs } from './programs.js';
import { RCLONE_ARGS, rcloneEnvironment, type S3Address } from './rclone.js';

/** What a person would type, given psql, the address, the statement, rclone, the object and rclone's options. */
const SCRIPT = `psql=$1 url=$2 statement=$3 rclone=$4 object=$5
shift 5
"$psql" -X -q -v ON_ERROR_STOP=1 -d "$url" -c "$statement" | "$rclone" rcat "$object" "$@"`;

const LOOK_EVERY_MS = 100;

export interface PipelineWork {
  readonly psql: string;
  readonly rclone: string;
  readonly sourceUrl: string;
  readonly select: string;
  readonly s3: S3Address;
  readonly bucket: string;
  readonly key: string;
}

/** One line, as `\copy` wants it. */
export const copyStatement = (select: string): string => `\\copy (${select}) to stdout csv header`;

export interface PipelineRun {
  readonly wallMs: number;
  /** Of psql and rclone together, in bytes; looked up every 100 ms. */
  readonly peakMemory: number;
}

/** `psql -c '\copy …' | rclone rcat`. @throws StackError when rclone fails; what psql lost shows in the file's size */
export async function runPipeline(programs: Programs, work: PipelineWork): Promise<PipelineRun> {
  const { psql, rclone, sourceUrl, select, s3, bucket, key } = work;
  const object = `bench:${bucket}/${key}`;
  const startedAt = performance.now();
  const shell = await programs.launch({
    name: 'psql-rclone',
    command: '/bin/sh',
    args: ['-c', SCRIPT, 'sh', psql, sourceUrl, copyStatement(select), rclone, object, ...RCLONE_ARGS],
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', PGCLIENTENCODING: 'UTF8', ...rcloneEnvironment(s3) },
  });
  const { pid } = shell;
  const end = { isOver: false, peaks: new Map<number, number>() };
  const looking = (async (): Promise<void> => {
    while (!end.isOver && pid !== undefined) {
      for (const member of family(pid)) {
        if (member !== pid) end.peaks.set(member, Math.max(end.peaks.get(member) ?? 0, peakMemory(member)));
      }
      await sleep(LOOK_EVERY_MS);
    }
  })();
  const { code, signal } = await shell.exited;
  const wallMs = performance.now() - startedAt;
  end.isOver = true;
  await looking;
  if (code !== 0) {
    throw new StackError(`psql | rclone ended with ${signal ?? `code ${code ?? 0}`}: ${await shell.logTail()}`);
  }
  return { wallMs, peakMemory: [...end.peaks.values()].reduce((sum, peak) => sum + peak, 0) };
}
