import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { StackContext } from './context.js';
import { runCommand } from './run-command.js';
import { StackError } from './stack-error.js';

/** PostgreSQL's programs, its data, and the user it runs as. */
export interface PostgresHome {
  readonly programs: string;
  readonly data: string;
  /** Set if this process is root, because PostgreSQL refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** The folder for a stack's programs and data if PostgreSQL's user cannot access the stack's own. */
export function folderElsewhere(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return join(tmpdir(), `export-service-${hash}`);
}

/**
 * If this process is root, PostgreSQL runs as `postgres` or `nobody`. If that user cannot reach this folder (for
 * example, below root's home), programs and data go to a folder in the system's temporary folder.
 * @throws StackError if root has no user to run it as
 */
export async function prepareHome(context: StackContext, programs: string): Promise<PostgresHome> {
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
  // The folder's name is predictable, and anyone can create files in the system's temporary folder.
  if ((await lstat(elsewhere)).uid !== process.getuid()) {
    throw new StackError(`${elsewhere} belongs to another user: remove it, or set DATABASE_URL to a running server.`);
  }
  const copied = join(elsewhere, basename(programs));
  await cp(programs, copied, { recursive: true, verbatimSymlinks: true });
  const home = { programs: copied, data: join(elsewhere, 'postgres'), user };
  await giveTo(user, home.data);
  if (await canUse(user, home.programs, home.data)) return home;
  throw new StackError(`The PostgreSQL user (uid ${user.uid}) can reach neither ${data} nor ${elsewhere}.`);
}

async function giveTo({ uid, gid }: { uid: number; gid: number }, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chown(folder, uid, gid);
  await chmod(folder, 0o700);
}

/**
 * The user that runs PostgreSQL if this process is root.
 * @throws StackError if there is none
 */
export async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const existing = (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (existing !== undefined) return existing;
  const added = await runCommand('useradd', ['--system', '--no-create-home', '--user-group', 'postgres'], {
    timeoutMs: 10_000,
  });
  const created = added.ok ? await lookUp('postgres') : undefined;
  if (created !== undefined) return created;
  throw new StackError(
    "PostgreSQL can't run as root, and there is no user postgres or nobody, and no useradd to create one: " +
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

/** Tries the access as that user, because modes don't reflect access lists and read-only mounts. */
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
