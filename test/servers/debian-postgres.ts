import { access, chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { StackContext } from '../../dev/stack/context.js';
import { answers, JOBS_DATABASE, SOURCE_DATABASE, type Postgres } from '../../dev/stack/postgres.js';
import { unprivilegedUser } from '../../dev/stack/postgres-home.js';
import { runCommand, tellingLine } from '../../dev/stack/run-command.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { startUntilReady, withFreePorts } from '../../dev/stack/start-service.js';
import { makeCertificates, type Certificates } from './certificates.js';

/** Every character with a special meaning in a URL, and a non-ASCII letter. */
const SPECIAL = '@:/?#&%+ é';
const PROGRAMS = '/usr/lib/postgresql/15/bin';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A PostgreSQL server configured like a managed one. */
export interface ManagedPostgres extends Postgres {
  readonly port: number;
  readonly certificates: Certificates;
  /** Owns the databases, but is not a superuser. */
  readonly owner: Login;
  readonly reader: Login;
}

/** The URL of a database on this machine's `port`, with certificate verification. */
export const urlOf = ({ user, password }: Login, port: number, database: string, authority: string): string =>
  `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@localhost:${port}/${database}` +
  `?sslmode=verify-full&sslrootcert=${encodeURIComponent(authority)}`;

/**
 * Debian's PostgreSQL 15, configured like a managed service: TLS only, with a certificate from a private authority; no
 * superuser, and special characters in names and passwords.
 * @throws StackError if it isn't installed
 */
export async function startDebianPostgres(context: StackContext): Promise<ManagedPostgres> {
  return context.progress.step('PostgreSQL 15', async () => {
    await access(join(PROGRAMS, 'postgres')).catch(() => {
      throw new StackError(`PostgreSQL 15 is not installed (no ${PROGRAMS}/postgres)`);
    });
    const folder = await mkdtemp(join(tmpdir(), 'export-service-postgres-15-'));
    context.recorder.addThrowaway(folder);
    const certificates = await makeCertificates(folder);
    const superuser = { user: 'postgres', password: context.secrets.databasePassword };
    const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
    if (user !== undefined) {
      for (const path of [folder, certificates.key]) await chown(path, user.uid, user.gid);
    }
    // Clients must be able to read the authority's certificate.
    await chmod(folder, 0o711);
    await initialize(folder, superuser, user);
    return withFreePorts(context, ['postgres-15'], async () => {
      const port = await context.ports.take('postgres-15');
      const service = makeService(context, folder, certificates, port, user);
      const administrator = urlOf(superuser, port, 'postgres', certificates.authority);
      await service.start(administrator);
      await createRoles(administrator, service.postgres);
      return service.postgres;
    });
  });
}

type User = Awaited<ReturnType<typeof unprivilegedUser>> | undefined;

async function initialize(folder: string, { user: name, password }: Login, user: User): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const data = join(folder, 'data');
  const { ok, output } = await runCommand(
    join(PROGRAMS, 'initdb'),
    [
      ...[`--pgdata=${data}`, `--username=${name}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'],
    ],
    { timeoutMs: 120_000, cwd: folder, user, env: { PATH: process.env.PATH } },
  );
  if (!ok) throw new StackError(`initdb failed: ${tellingLine(output)}`);
  await rm(passwordFile);
  await writeFile(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
}

function makeService(context: StackContext, folder: string, certificates: Certificates, port: number, user: User) {
  const settings = {
    ...{ port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' },
    ...{ ssl: 'on', ssl_cert_file: certificates.certificate, ssl_key_file: certificates.key },
    ...{ fsync: 'off', full_page_writes: 'off', timezone: 'UTC' },
  };
  const server = context.process({
    name: 'PostgreSQL 15',
    command: join(PROGRAMS, 'postgres'),
    args: [
      '-D',
      join(folder, 'data'),
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    env: { PATH: context.environment.PATH, LC_ALL: 'C', TZ: 'UTC' },
    cwd: folder,
    user,
    stopSignal: 'SIGQUIT',
    stopLimitMs: 30_000,
  });
  const owner = { user: 'owner@shop', password: `${context.secrets.databasePassword}${SPECIAL}` };
  const reader = { user: 'reader@shop', password: `${context.secrets.readerPassword}${SPECIAL}` };
  const url = (database: string): string => urlOf(owner, port, database, certificates.authority);
  const start = (as: string): Promise<void> =>
    startUntilReady(server, { check: () => answers(as), limitMs: 60_000 }, context.signal);
  const postgres: ManagedPostgres = {
    name: 'PostgreSQL 15',
    port,
    certificates,
    owner,
    reader,
    url,
    readerUrl: (database) => urlOf(reader, port, database, certificates.authority),
    get pid() {
      return server.pid;
    },
    start: () => start(url('postgres')),
    stop: () => server.stop(),
  };
  return { postgres, start };
}

async function createRoles(administrator: string, { owner, reader }: ManagedPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: administrator });
  await client.connect();
  try {
    const [ownerName, readerName] = [owner, reader].map(({ user }) => client.escapeIdentifier(user));
    const [ownerPassword, readerPassword] = [owner, reader].map(({ password }) => client.escapeLiteral(password));
    await client.query(`CREATE ROLE ${ownerName} LOGIN CREATEDB PASSWORD ${ownerPassword}
      IN ROLE pg_monitor, pg_signal_backend`);
    await client.query(`CREATE ROLE ${readerName} LOGIN PASSWORD ${readerPassword} IN ROLE pg_read_all_data`);
    for (const name of [JOBS_DATABASE, SOURCE_DATABASE]) {
      await client.query(`CREATE DATABASE ${name} OWNER ${ownerName}`);
    }
  } finally {
    await client.end();
  }
}
