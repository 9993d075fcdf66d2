import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { StackContext } from './context.js';
import { runCommand } from './run-command.js';
import { StackError } from './stack-error.js';

/** Where PostgreSQL's programs and data are, and whom it runs as. */
export interface PostgresPlace {
  readonly programs: string;
  readonly data: string;
  /** Set when this process is root, as whom PostgreSQL refuses to run. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Where programs and data of a stack go when PostgreSQL's user cannot enter its own folder. */
export function folderElsewhere(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return join(tmpdir(), `export-service-${hash}`);
}

/**
 * For root, PostgreSQL runs as `postgres` or `nobody`. When that user cannot reach this folder (it lies below a
 * home that only root may enter), programs and data go to a folder of their own in the system's temporary one.
 *
 * @throws StackError when root has nobody to run it as
 */
export async function preparePlace(context: StackContext, programs: string): Promise<PostgresPlace> {
  const data = join(context.dataDir, 'postgres');
  if (process.getuid?.() !== 0) {
    await mkdir(data, { recursive: true, mode: 0o700 });
    return { programs, data };
  }
  const user = await unprivilegedUser();
  await giveTo(user, data);
  if (await canUse(user, programs, data)) return { programs, data, user };

  const elsewhere = folderElsewhere(context.dataDir);
  context.progress.line(`  The PostgreSQL user can't access ${context.dataDir}, so its data is in ${elsewhere}.`);
  if (context.throwaway) context.recorder.addThrowaway(elsewhere);
  await mkdir(elsewhere, { recursive: true, mode: 0o755 });
  // Its name can be guessed, and everybody may write beside it.
  if ((await lstat(elsewhere)).uid !== process.getuid()) {
    throw new StackError(`${elsewhere} belongs to another user: remove it, or set DATABASE_URL to a running server.`);
  }
  const copied = join(elsewhere, basename(programs));
  await cp(programs, copied, { recursive: true, verbatimSymlinks: true });
  const place = { programs: copied, data: join(elsewhere, 'postgres'), user };
  await giveTo(user, place.data);
  if (await canUse(user, place.programs, place.data)) return place;
  throw new StackError(`The PostgreSQL user (uid ${user.uid}) can reach neither ${data} nor ${elsewhere}.`);
}

async function giveTo({ uid, gid }: { uid: number; gid: number }, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chown(folder, uid, gid);
  await chmod(folder, 0o700);
}

/** Who runs PostgreSQL where this process is root. @throws StackError when there is nobody */
export async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const existing = (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (existing !== undefined) return existing;
  const added = await runCommand('useradd', ['--system', '--no-create-home', '--user-group', 'postgres'], {
    timeoutMs: 10_000,
  });
  const created = added.ok ? await lookUp('postgres') : undefined;
  if (created !== undefined) return created;
  throw new StackError(
    "PostgreSQL can't run as root, and there is no user postgres or nobody, nor useradd to create one: " +
      'run this as another user, or set DATABASE_URL to a running server.',
  );
}

async function lookUp(name: string): Promise<{ uid: number; gid: number } | undefined> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => {
      const { ok, output } = await runCommand('id', [flag, name], { timeoutMs: 10_000 });
      return ok ? Number(output) : NaN;
    }),
  );
  return uid === undefined || gid === undefined || Number.isNaN(uid + gid) ? undefined : { uid, gid };
}

/** Asks the kernel, as that user: modes alone do not know access lists and read-only mounts. */
async function canUse(user: { uid: number; gid: number }, programs: string, data: string): Promise<boolean> {
  const script = 'test -x "$1" && cd "$2" && test -w .';
  const args = ['-c', script, 'sh', join(programs, 'bin', 'postgres'), data];
  const { ok, output } = await runCommand('/bin/sh', args, { timeoutMs: 10_000, user, cwd: '/' });
  if (output.includes('EPERM')) {
    throw new StackError(
      "PostgreSQL can't run as root, and this root user can't start a program as another user: " +
        'set DATABASE_URL to a running server.',
    );
  }
  return ok;
}
